/** Months of the calendar, as days. */

import { dayAfter, isoDay } from "@/shared/format/dates";

/** How far the list goes back: the server counts at most a year at once, and people compare with the year before. */
const LISTED = 25;

export interface Month {
  from: string;
  to: string;
}

/** `2026-11` → its first and its last day. */
function month(year: number, index: number): Month {
  const first = (at: number) => new Date(Date.UTC(year, at, 1)).toISOString().slice(0, 10);
  return { from: first(index), to: dayAfter(first(index + 1), -1) };
}

/** The month in which the moment lies, by the zone's clock. */
export function monthOf(at: Date, zone: string): Month {
  const [year, number] = isoDay(at, zone).split("-").map(Number) as [number, number];
  return month(year, number - 1);
}

/** The present month and those before it, the newest first. */
export function lastMonths(now: Date, zone: string): Month[] {
  const [year, number] = isoDay(now, zone).split("-").map(Number) as [number, number];
  return Array.from({ length: LISTED }, (_, back) => month(year, number - 1 - back));
}

/** `ноябрь 2026 г.` */
export function monthName({ from }: Month, language: string): string {
  return new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${from}T12:00:00Z`));
}
