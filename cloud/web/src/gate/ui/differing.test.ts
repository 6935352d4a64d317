import { expect, test } from "vitest";

import { differing } from "./differing";

test("the differing character is found by its place", () => {
  expect([...differing("X711TT90", "X717TT90")]).toEqual([3]);
  expect([...differing("X711TT90", "X711TT90")]).toEqual([]);
});

test("of unlike lengths nothing is marked", () => {
  expect(differing("X711TT90", "X711TT190").size).toBe(0);
});
