import { expect, test } from "vitest";

import { returning } from "./lastSearch";

const last = { q: "иван", page: 3, open: "a", site: "s", complex: "one" };

test("a list is found again as it was left", () => {
  expect(returning(last, "one")).toEqual(last);
  expect(returning(last, undefined)).toEqual(last);
  expect(returning({ q: "иван" }, "one")).toEqual({ q: "иван" });
});

test("in another complex it keeps what has a sense there", () => {
  expect(returning(last, "other")).toEqual({ q: "иван", complex: "other" });
});
