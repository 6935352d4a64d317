import { expect, test } from "vitest";

import { columnWidths, hiddenOf, isLast } from "./columns";

const lines = (...px: number[]) => ({ lines: px, words: [] });

test("columns without a width share the rest by weight", () => {
  expect(columnWidths([{ width: 100 }, { grow: 2 }, {}], 700)).toEqual([100, 400, 200]);
});

test("what one column does not need goes to those that need it", () => {
  expect(columnWidths([{ width: 100 }, {}, {}, {}], 700, lines(0, 90, 400, 150))).toEqual([100, 90, 360, 150]);
});

test("what is left when all have what they need is shared by weight", () => {
  expect(columnWidths([{ grow: 2 }, {}], 600, lines(100, 200))).toEqual([300, 300]);
});

test("where there is not room for all, those that need more than their share are cut by weight", () => {
  expect(columnWidths([{ grow: 2 }, {}], 300, lines(900, 800))).toEqual([200, 100]);
});

test("no column becomes less than its least: the list scrolls rather", () => {
  expect(columnWidths([{ width: 300 }, { minWidth: 120 }, {}], 350)).toEqual([300, 120, 70]);
});

test("who has less than its least by weight takes it from the others, and all fit", () => {
  expect(columnWidths([{ grow: 8 }, {}, { minWidth: 90 }], 500, lines(900, 800, 700))).toEqual([340, 70, 90]);
});

test("no word is broken as long as there is room for all of them", () => {
  const words = [0, 130];
  expect(columnWidths([{ grow: 4 }, {}], 400, { lines: [900, 800], words })).toEqual([270, 130]);
  expect(columnWidths([{ grow: 4, minWidth: 300 }, {}], 400, { lines: [900, 800], words })).toEqual([320, 80]);
});

test("a choice that leaves no column is none", () => {
  expect(hiddenOf(["a", "b"], ["a"], ["b"])).toEqual(["a"]);
  expect(hiddenOf(["a", "b"], ["a", "b", "gone"], ["b"])).toEqual(["b"]);
  expect(hiddenOf(["a", "b"], undefined, ["b"])).toEqual(["b"]);
});

test("the last column cannot be hidden", () => {
  expect(isLast(["a", "b"], ["a"], "b")).toBe(true);
  expect(isLast(["a", "b"], ["a"], "a")).toBe(false);
  expect(isLast(["a", "b"], [], "b")).toBe(false);
});
