import { expect, test } from "vitest";

import { filledOf, isBlank } from "./blank";

test.each([null, undefined, "", false, [], ["", null]])("%j is blank", (value) => {
  expect(isBlank(value)).toBe(true);
});

test.each([0, "—", ["", "x"]])("%j is not", (value) => {
  expect(isBlank(value)).toBe(false);
});

test("a column counts as soon as one row has something in it", () => {
  const columns = (["a", "b", "c"] as const).map((id) => ({ id, title: id, render: (row: Partial<Record<"a" | "b" | "c", string>>) => row[id] }));
  expect(filledOf(columns, [{ a: "1" }, { a: "2", c: "" }, { b: "3" }])).toEqual(["a", "b"]);
  expect(filledOf(columns, [])).toEqual([]);
});
