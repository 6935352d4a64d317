import { expect, test } from "vitest";

import { newer } from "./newer";

const items = ["c", "b", "a"].map((id) => ({ id }));

test("what came since is counted", () => {
  expect(newer(items, "c")).toBe(0);
  expect(newer(items, "b")).toBe(1);
  expect(newer(items, "a")).toBe(2);
});

test("a list whose first is gone, or that was not looked at yet, hides nothing", () => {
  expect(newer(items, "z")).toBe(0);
  expect(newer(items, undefined)).toBe(0);
  expect(newer([], "a")).toBe(0);
});
