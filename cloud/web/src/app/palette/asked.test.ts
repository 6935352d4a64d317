import { expect, test } from "vitest";

import { asked, numberedFirst } from "./asked";

test("a pass is asked for by its number, with the sign or without", () => {
  expect(asked("№ 9")).toEqual({ q: "9", number: 9, isWorth: true });
  expect(asked(" 9 ")).toEqual({ q: "9", number: 9, isWorth: true });
});

test("a card, a plate and a word are no numbers; one letter is not worth asking", () => {
  expect(asked("018,23011").number).toBeNull();
  expect(asked("х711").number).toBeNull();
  expect(asked("А").isWorth).toBe(false);
});

test("the pass of that number stands before those that merely hold it", () => {
  expect(numberedFirst([{ number: 4 }, { number: 9 }, { number: 19 }], 9).map(({ number }) => number)).toEqual([9, 4, 19]);
});
