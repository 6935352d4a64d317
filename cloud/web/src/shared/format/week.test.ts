import { expect, test } from "vitest";

import { weekText } from "./week";

const window = (days: number[], from_minute = 540, until_minute = 1080) => ({ days, from_minute, until_minute });
const plain = (text: string) => text.replaceAll("\u00a0", " ");

test.each([
  [[window([1, 2, 3, 4, 5])], "пн–пт 09:00–18:00"],
  [[window([6, 7], 0, 1440)], "сб, вс 00:00–24:00"],
  [[window([5, 1, 3, 2])], "пн–ср, пт 09:00–18:00"],
  [[window([1]), window([2], 1320, 360)], "пн 09:00–18:00; вт 22:00–06:00"],
  [[], ""],
])("a week is told by runs of days", (week, told) => {
  expect(plain(weekText(week, "ru"))).toBe(told);
});

test("in English, too", () => {
  expect(plain(weekText([window([1, 2, 3])], "en"))).toBe("Mon–Wed 09:00–18:00");
});
