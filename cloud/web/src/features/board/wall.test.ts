import { expect, test } from "vitest";

import { columnsFor } from "./wall";

test.each([
  [0, 1366, 768, 1],
  [1, 1366, 768, 1],
  [2, 1366, 768, 2],
  [3, 1366, 768, 3],
  [3, 1280, 720, 3],
  [4, 1366, 768, 2],
  [3, 1920, 1080, 3],
  [6, 1920, 1080, 3],
  [3, 1080, 1920, 1],
  [3, 390, 844, 1],
])("%i lanes at %i x %i stand in %i columns", (count, width, height, columns) => {
  expect(columnsFor(count, width, height)).toBe(columns);
});
