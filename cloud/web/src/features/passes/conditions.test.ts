import { expect, test } from "vitest";

import { BLANK } from "@/shared/week/week";
import { CONDITIONS, isCalledFor, isSaid } from "./conditions";
import { emptyPass } from "./draft";

test.each([
  ["recurring", ["schedule"]],
  ["service", ["points"]],
  ["contractor", ["ticket"]],
  ["guest", []],
  ["special", []],
] as const)("a pass of the kind %s is about %j", (kind, about) => {
  expect(CONDITIONS.filter((condition) => isCalledFor(condition, kind))).toEqual(about);
});

test("what stands in the form is said, and an empty row is nothing", () => {
  const blank = { ...emptyPass(""), schedule: [BLANK], ticket: " " };
  expect(CONDITIONS.filter((condition) => isSaid(condition, blank))).toEqual([]);
  const full = { schedule: [{ ...BLANK, days: [1] }], points: ["p"], direction: "in", ticket: "2022" } as const;
  expect(CONDITIONS.filter((condition) => isSaid(condition, { ...full, schedule: [...full.schedule], points: [...full.points] }))).toEqual(CONDITIONS);
});
