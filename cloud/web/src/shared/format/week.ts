/** Weekly windows, as people write them. */

import { timeOf } from "./minutes";

interface Window {
  /** 1: Monday. */
  days: number[];
  from_minute: number;
  until_minute: number;
}

const MONDAY = Date.UTC(2026, 0, 5);

/** 1 → `пн` */
function dayText(day: number, language: string): string {
  return new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(new Date(MONDAY + (day - 1) * 86_400_000));
}

/** 1, 2, 3, 5 → `пн–ср, пт` */
function daysText(days: readonly number[], language: string): string {
  const runs: number[][] = [];
  for (const day of [...new Set(days)].sort((one, other) => one - other)) {
    const last = runs.at(-1);
    if (last && last.at(-1) === day - 1) last.push(day);
    else runs.push([day]);
  }
  const ends = (run: readonly number[]) => [...new Set([run[0] ?? 0, run.at(-1) ?? 0])].map((day) => dayText(day, language));
  return runs.map((run) => ends(run).join(run.length > 2 ? "–" : ", ")).join(", ");
}

/** `пн–пт 09:00–18:00; сб 10:00–14:00`; empty: at any time. */
export function weekText(week: readonly Window[], language: string): string {
  return week
    .map(({ days, from_minute, until_minute }) => `${daysText(days, language)} ${timeOf(from_minute)}–${timeOf(until_minute)}`.replaceAll(" ", "\u00a0"))
    .join("; ");
}
