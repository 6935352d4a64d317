import { expect, test } from "vitest";

import { ALL, chosenComplex, entering, ofComplex, parseComplex, sectionOf, settled } from "./complex";

const A = "0199a1b2-0000-7000-8000-000000000001";
const B = "0199a1b2-0000-7000-8000-000000000002";
const both = { ids: [A, B], isWhole: true };

test("the address names a complex or all of them; nonsense is named undefined", () => {
  expect(parseComplex({ complex: A, q: "x" })).toEqual({ complex: A });
  expect(parseComplex({ complex: ALL })).toEqual({ complex: ALL });
  expect(parseComplex({ complex: "x" })).toEqual({ complex: undefined });
  expect(parseComplex({})).toEqual({});
});

test("all of them ask the server for none", () => {
  expect(ofComplex({ complex: A })).toEqual({ complex_id: A });
  expect(ofComplex({ complex: ALL })).toEqual({});
  expect(ofComplex({})).toEqual({});
  expect(chosenComplex({ complex: ALL })).toBeUndefined();
});

test("a link is stronger than the memory, and neither shows what one may not see", () => {
  expect(entering({ asked: B, remembered: A, maySee: true })).toBe(B);
  expect(entering({ asked: ALL, remembered: A, maySee: true })).toBe(ALL);
  expect(entering({ asked: undefined, remembered: A, maySee: true })).toBe(A);
  expect(entering({ asked: undefined, remembered: undefined, maySee: true })).toBeUndefined();
  expect(entering({ asked: B, remembered: A, maySee: false })).toBeUndefined();
});

test("where there is no choice nothing is said", () => {
  expect(settled(A, { ids: [A], isWhole: true })).toBeUndefined();
  expect(settled(ALL, { ids: [], isWhole: true })).toBeUndefined();
});

test("a complex that is gone leaves all of them, unless it may be among those not listed", () => {
  expect(settled(undefined, both)).toBe(ALL);
  expect(settled(B, both)).toBe(B);
  expect(settled("gone", both)).toBe(ALL);
  expect(settled("further", { ...both, isWhole: false })).toBe("further");
});

test("a card's address belongs to the list of its section", () => {
  expect(sectionOf("/desk/passes/$passId")).toBe("/desk/passes");
  expect(sectionOf("/desk/passes")).toBeUndefined();
});
