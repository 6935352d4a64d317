import { expect, test } from "vitest";

import { columnWidths } from "./columns";

test("columns without a width share the rest by weight", () => {
  expect(columnWidths([{ width: 100 }, { grow: 2 }, {}], 700)).toEqual([100, 400, 200]);
});

test("no column becomes less than its least: the list scrolls rather", () => {
  expect(columnWidths([{ width: 300 }, { minWidth: 120 }, {}], 350)).toEqual([300, 120, 70]);
});
