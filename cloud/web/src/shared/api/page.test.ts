import { expect, test } from "vitest";

import { pageQuery, parseListSearch } from "./page";

test("an address says what it can and nothing else", () => {
  const raw = { q: "х711", sort: "-changed", page: "2", size: 25, open: "a", state: "issued", evil: "1" };
  expect(parseListSearch(raw, ["state"])).toEqual({ q: "х711", sort: "-changed", page: 2, size: 25, open: "a", state: "issued" });
});

test("nonsense falls away", () => {
  expect(parseListSearch({ page: "-1", size: 7, q: "", sort: ["x"], state: null }, ["state"])).toEqual({});
});

test("a number typed into the search stays a word", () => {
  expect(parseListSearch({ q: 711 })).toEqual({ q: "711" });
});

test("the server's parameters", () => {
  expect(pageQuery({})).toEqual({ page: 1, page_size: 50 });
  expect(pageQuery({ page: 3, size: 25, sort: "-number", q: "7" })).toEqual({ page: 3, page_size: 25, sort: "-number", q: "7" });
});
