import { expect, test } from "vitest";

import { Problem } from "@/shared/api/problem";
import { unplaced } from "./useDraft";

const refusal = (...paths: string[]) =>
  new Problem({ title: "Check the marked fields.", status: 422, code: "fix_input", fields: paths.map((path) => ({ path, code: "bad", message: `${path} is wrong` })) });

const told = (failure: Error | null) => (failure instanceof Problem ? failure.fields.map(({ message }) => message) : failure);

test("an error beside its field is told nowhere else", () => {
  expect(unplaced(refusal("name", "plates.0"), ["name", "plates"], {})).toBeNull();
});

test("what has no place is told in the server's own words, and nothing besides", () => {
  expect(told(unplaced(refusal("name", "schedule.2.from", "points"), ["name"], {}))).toEqual(["schedule.2.from is wrong", "points is wrong"]);
});

test("a path that only begins alike has no place", () => {
  expect(told(unplaced(refusal("host_id"), ["host"], {}))).toEqual(["host_id is wrong"]);
});

test("a field has a place while it is drawn", () => {
  const placed = (values: { isPerson: boolean }) => (values.isPerson ? ["phone"] : []);
  expect(unplaced(refusal("phone"), placed, { isPerson: true })).toBeNull();
  expect(told(unplaced(refusal("phone"), placed, { isPerson: false }))).toEqual(["phone is wrong"]);
});

test("a refusal of the whole stays as it is", () => {
  const failure = new Problem({ title: "Data has changed.", status: 409, code: "conflict" });
  expect(unplaced(failure, ["name"], {})).toBe(failure);
  expect(unplaced(null, ["name"], {})).toBeNull();
});
