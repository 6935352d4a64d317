import { expect, test } from "vitest";

import { isDay } from "@/shared/format/dates";
import { isId, oneOf, pageQuery, parseListSearch } from "./page";

const ID = "019abf2e-6d1c-7c3a-9a51-3f7b1c0a9e11";

test("an address says what it can and nothing else", () => {
  const raw = { q: "х711", sort: "-changed", page: "2", size: 25, open: ID, state: "issued", evil: "1" };
  expect(parseListSearch(raw, ["state"])).toEqual({ q: "х711", sort: "-changed", page: 2, open: ID, state: "issued" });
});

test("nonsense falls away", () => {
  expect(parseListSearch({ page: "-1", q: "", sort: ["x"], state: null }, ["state"])).toEqual({});
});

test("what a parameter may not be falls away", () => {
  const address = { filters: { state: oneOf(["issued", "left"]), site: isId, day: isDay }, sorts: ["number"] };
  expect(parseListSearch({ state: "bogus", site: "x", day: "2026-02-30", sort: "-bogus", open: "bogus" }, address)).toEqual({});
  const sound = { state: "left", site: ID, day: "2026-02-28", sort: "-number", open: ID };
  expect(parseListSearch(sound, address)).toEqual(sound);
  expect(parseListSearch({ day: "bogus", kind: "any" }, ["day", "kind"])).toEqual({ kind: "any" });
});

test("the server's parameters", () => {
  expect(pageQuery({}, 1)).toEqual({ page: 1, page_size: 100 });
  expect(pageQuery({ page: 3, sort: "-number", q: "7" }, 4)).toEqual({ page: 4, page_size: 100, sort: "-number", q: "7" });
});
