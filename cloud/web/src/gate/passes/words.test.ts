import { expect, test } from "vitest";

import { windowText } from "./words";

const NAMES = { "1": "пн", "2": "вт", "3": "ср", "4": "чт", "5": "пт", "6": "сб", "7": "вс" };

test.each([
  ["1-5 08:00-20:00", "пн–пт 08:00–20:00"],
  ["1,3,5 22:00-06:00", "пн,ср,пт 22:00–06:00"],
  ["7", "вс"],
])("%s is said as %s", (window, words) => expect(windowText(window, (day) => NAMES[day])).toBe(words));
