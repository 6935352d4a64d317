/** Weekly windows: as people enter them, as the server takes them, as they are told. */

import { Problem } from "@/shared/api/problem";
import type { components } from "@/shared/api/schema";
import { minuteOf, timeOf } from "@/shared/format/minutes";

export type Window = components["schemas"]["WindowDraft"];

/** `days`: 1 (Monday) to 7; nothing typed: from the day's beginning, to its end. */
export interface EnteredWindow {
  days: readonly number[];
  from: string;
  until: string;
}

export const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;
const DAY = 1440;
export const BLANK: EnteredWindow = { days: [], from: "", until: "" };

const isBlank = ({ days, from, until }: EnteredWindow) => days.length === 0 && from.trim() === "" && until.trim() === "";

/** Nothing is said of the hours, whatever rows stand there. */
export const isAnyHour = (windows: readonly EnteredWindow[]): boolean => windows.every(isBlank);

export function enteredWindows(schedule: readonly Window[]): EnteredWindow[] {
  return schedule.map(({ days, from_minute: from, until_minute: until }) =>
    isWholeDay(from, until) ? { days, from: "", until: "" } : { days, from: timeOf(from), until: timeOf(until) },
  );
}

export interface WeekWords {
  noDays: string;
  noTime: string;
}

/** Rows in which nothing stands are none. Throws a Problem at each row's days or hours that are wrong, by the row's place. */
export function windowsOf(windows: readonly EnteredWindow[], words: WeekWords): Window[] {
  const filled = windows.map((window, index) => ({ window, index })).filter(({ window }) => !isBlank(window));
  const wrong = filled.flatMap(({ window, index }) => faultsOf(window, index, words));
  if (wrong.length > 0) throw new Problem({ title: words.noTime, status: 422, code: "week", fields: wrong });
  return filled.map(({ window: { days, from, until } }) => ({
    days: [...days].sort(),
    from_minute: minuteOf(from) ?? 0,
    until_minute: endOf(until) ?? DAY,
  }));
}

function faultsOf({ days, from, until }: EnteredWindow, index: number, { noDays, noTime }: WeekWords) {
  const fault = (name: keyof Window, code: string, message: string) => ({ path: `schedule.${index}.${name}`, code, message });
  return [
    ...(days.length === 0 ? [fault("days", "no_days", noDays)] : []),
    ...(minuteOf(from) === undefined ? [fault("from_minute", "no_time", noTime)] : []),
    ...(endOf(until) === undefined ? [fault("until_minute", "no_time", noTime)] : []),
  ];
}

/** `24:00`, and `00:00`, are the day's end. */
function endOf(typed: string): number | null | undefined {
  const minute = typed.trim() === "24:00" ? DAY : minuteOf(typed);
  return minute === 0 ? DAY : minute;
}

/** Whether it goes on past midnight: it does where it would not end after it begins. */
export function isOvernight({ from, until }: Pick<EnteredWindow, "from" | "until">): boolean {
  const [begins, ends] = [minuteOf(from), endOf(until)];
  return begins !== undefined && ends !== undefined && (ends ?? DAY) <= (begins ?? 0);
}

function isWholeDay(from: number, until: number): boolean {
  return from === 0 && (until === 0 || until === DAY);
}

/** A day's name as the language has it: `пн`, `Mon`, or whole. */
export function dayName(day: number, language: string, width: "short" | "long" = "short"): string {
  const monday = Date.UTC(2024, 0, 1);
  return new Intl.DateTimeFormat(language, { weekday: width, timeZone: "UTC" }).format(monday + (day - 1) * 86_400_000);
}

export interface ToldWords {
  language: string;
  everyDay: string;
  wholeDay: string;
  nextDay: string;
}

/** `пн–пт 09:00–18:00; сб 22:00–06:00 следующего дня` */
export function weekText(schedule: readonly Window[], words: ToldWords): string {
  return schedule.map((window) => `${daysText(window.days, words)} ${hoursText(window, words)}`).join("; ");
}

function hoursText({ from_minute: from, until_minute: until }: Window, { wholeDay, nextDay }: ToldWords): string {
  if (isWholeDay(from, until)) return wholeDay;
  const hours = `${timeOf(from)}–${timeOf(until === 0 ? DAY : until)}`;
  return until !== 0 && until <= from ? `${hours} ${nextDay}` : hours;
}

/** Three days and more in a row are told by the first and the last. */
function daysText(days: readonly number[], { language, everyDay }: ToldWords): string {
  const each = WEEK.filter((day) => days.includes(day));
  if (each.length === WEEK.length) return everyDay;
  const runs = each.reduce<number[][]>((found, day) => {
    const last = found.at(-1);
    if (last?.at(-1) !== day - 1) return [...found, [day]];
    return [...found.slice(0, -1), [...last, day]];
  }, []);
  const named = (day: number) => dayName(day, language);
  return runs.flatMap((run) => (run.length > 2 ? `${named(run[0] ?? 1)}–${named(run.at(-1) ?? 1)}` : run.map(named))).join(", ");
}
