import { expect, test } from "vitest";

import { Problem } from "@/shared/api/problem";
import { BLANK, enteredWindows, isAnyHour, isOvernight, weekText, windowsOf } from "./week";

const WORDS = { noDays: "no days", noTime: "no time" };
const RU = { language: "ru", everyDay: "каждый день", wholeDay: "весь день", nextDay: "следующего дня" };

test("days and hours become windows; a row in which nothing stands is none", () => {
  expect(windowsOf([{ days: [5, 1], from: "9:00", until: "1800" }, BLANK], WORDS)).toEqual([{ days: [1, 5], from_minute: 540, until_minute: 1080 }]);
  expect(windowsOf([BLANK], WORDS)).toEqual([]);
  expect(isAnyHour([BLANK, { ...BLANK, from: " " }])).toBe(true);
});

test("without hours it is the whole day, and an end at midnight is that of the day", () => {
  expect(windowsOf([{ days: [6], from: "", until: "" }], WORDS)).toEqual([{ days: [6], from_minute: 0, until_minute: 1440 }]);
  for (const until of ["24:00", "00:00", ""]) {
    expect(windowsOf([{ days: [6], from: "22:00", until }], WORDS)).toEqual([{ days: [6], from_minute: 1320, until_minute: 1440 }]);
  }
});

test("hours that end before they begin go on past midnight, and are sent so", () => {
  const night = { days: [6], from: "22:00", until: "6:00" };
  expect(isOvernight(night)).toBe(true);
  expect(windowsOf([night], WORDS)).toEqual([{ days: [6], from_minute: 1320, until_minute: 360 }]);
  expect(["18:00", "24:00", "00:00", ""].map((until) => isOvernight({ from: "9:00", until }))).toEqual([false, false, false, false]);
  expect(isOvernight({ from: "9:00", until: "9:00" })).toBe(true);
});

test("each row's wrong days and hours are refused at their place", () => {
  const sent = () => windowsOf([{ days: [1], from: "", until: "" }, { days: [], from: "25:00", until: "24:01" }], WORDS);
  expect(sent).toThrow(Problem);
  try {
    sent();
  } catch (refused) {
    expect((refused as Problem).fields.map(({ path, message }) => [path, message])).toEqual([
      ["schedule.1.days", "no days"],
      ["schedule.1.from_minute", "no time"],
      ["schedule.1.until_minute", "no time"],
    ]);
  }
});

test("what the server keeps stands in the form as it was entered", () => {
  const schedule = [
    { days: [1, 2], from_minute: 540, until_minute: 1440 },
    { days: [6], from_minute: 0, until_minute: 1440 },
    { days: [7], from_minute: 1320, until_minute: 360 },
  ];
  expect(enteredWindows(schedule)).toEqual([
    { days: [1, 2], from: "09:00", until: "24:00" },
    { days: [6], from: "", until: "" },
    { days: [7], from: "22:00", until: "06:00" },
  ]);
  expect(windowsOf(enteredWindows(schedule), WORDS)).toEqual(schedule);
});

test.each([
  [[1, 2, 3, 4, 5], 540, 1080, "пн–пт 09:00–18:00"],
  [[1, 2, 4, 5, 6], 540, 1080, "пн, вт, чт–сб 09:00–18:00"],
  [[1, 2, 3, 4, 5, 6, 7], 0, 1440, "каждый день весь день"],
  [[7], 0, 0, "вс весь день"],
  [[6], 1320, 0, "сб 22:00–24:00"],
  [[6], 1320, 360, "сб 22:00–06:00 следующего дня"],
  [[6], 540, 540, "сб 09:00–09:00 следующего дня"],
])("%j %i–%i is told as %s", (days, from_minute, until_minute, told) => {
  expect(weekText([{ days, from_minute, until_minute }], RU)).toBe(told);
});

test("windows stand one after another, in the reader's language", () => {
  const schedule = [{ days: [1, 2, 3], from_minute: 540, until_minute: 1080 }, { days: [6], from_minute: 600, until_minute: 840 }];
  const en = { language: "en", everyDay: "every day", wholeDay: "all day", nextDay: "the next day" };
  expect(weekText(schedule, en)).toBe("Mon–Wed 09:00–18:00; Sat 10:00–14:00");
});
