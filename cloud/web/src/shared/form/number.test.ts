import { expect, test } from "vitest";

import { faultOf, numberOf } from "./number";

test("a number within the limits is one, on its way to another, too", () => {
  expect(numberOf("12", { min: 1, max: 247 })).toBe(12);
  expect(numberOf(" -3 ", {})).toBe(-3);
  expect(numberOf("0,50", { isFractional: true })).toBe(0.5);
  expect(numberOf("7.", { isFractional: true })).toBe(7);
});

test("nothing typed is no number, and nothing is wrong with it", () => {
  expect(numberOf("", { min: 1 })).toBeNull();
  expect(faultOf("", { min: 1 })).toBeNull();
});

test("what is no number, or beyond the limits, is neither dropped nor made another", () => {
  expect(faultOf("-", { min: 1 })).toBe("none");
  expect(faultOf("два", {})).toBe("none");
  expect(faultOf("1e3", { isFractional: true })).toBe("none");
  expect(faultOf(",", { isFractional: true })).toBe("none");
  expect(faultOf("1,5", {})).toBe("whole");
  expect(faultOf("0", { min: 1 })).toBe("least");
  expect(faultOf("248", { min: 1, max: 247 })).toBe("between");
  expect(faultOf("248", { max: 247 })).toBe("most");
  expect(faultOf("99999999999999999999", { min: 1 })).toBe("huge");
  expect(numberOf("99999999999999999999", { min: 1 })).toBeNull();
});
