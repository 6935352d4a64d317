import { expect, it } from "vitest";

import { isNamed, linesOf, stepOf } from "./bars";

it("stands lines at round numbers, up to the most or just beyond", () => {
  expect(linesOf(0)).toEqual([0, 1]);
  expect(linesOf(3)).toEqual([0, 1, 2, 3]);
  expect(linesOf(17)).toEqual([0, 5, 10, 15, 20]);
  expect(linesOf(100)).toEqual([0, 50, 100]);
  expect([1, 9, 41, 390, 4001].map(stepOf)).toEqual([1, 5, 20, 100, 2000]);
});

it("names as many bars as have room", () => {
  expect(Array.from({ length: 24 }, (_, index) => isNamed(index, 24, 8)).filter(Boolean)).toHaveLength(8);
  expect(isNamed(3, 7, 31)).toBe(true);
});
