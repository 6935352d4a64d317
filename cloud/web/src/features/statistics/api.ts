/** What was counted at the gates. */

import { answer, api } from "@/shared/api/client";
import { currentCompany, showsAllCompanies } from "@/shared/api/company";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import { dayInZone } from "@/shared/format/dates";
import { monthOf } from "./months";
import { DAYS, type StatisticsSearch } from "./search";

export type Statistics = components["schemas"]["StatisticsOut"];
export type Counted = Pick<components["schemas"]["CountedAt"], "entered" | "left" | "denied">;

const HOUR_MS = 3_600_000;
const SPAN_HOURS = { day: 24, week: 7 * 24, month: 31 * 24, year: 365 * 24 } as const;

/** Which days are chosen: without a choice, those of the present month. */
export function daysOf({ from, to }: StatisticsSearch, now: Date, zone: string): { from: string; to: string } {
  return from !== undefined && to !== undefined ? { from, to } : monthOf(now, zone);
}

/** The chosen days on the site's clock, or the span that ends with the present hour: so that it is asked for once an hour. */
export function periodOf(search: StatisticsSearch, now: Date, zone: string): { since: string; until: string } {
  if (search.span === DAYS) {
    const days = daysOf(search, now, zone);
    return { since: dayInZone(days.from, zone).from.toISOString(), until: dayInZone(days.to, zone).until.toISOString() };
  }
  const until = (Math.floor(now.getTime() / HOUR_MS) + 1) * HOUR_MS;
  const hours = SPAN_HOURS[(search.span ?? "week") as keyof typeof SPAN_HOURS];
  return { since: new Date(until - hours * HOUR_MS).toISOString(), until: new Date(until).toISOString() };
}

function asked(search: StatisticsSearch, now: Date, zone: string) {
  return { ...periodOf(search, now, zone), ...ofComplex(search), ...(search.site ? { site_id: search.site } : {}) };
}

export const getStatistics = (search: StatisticsSearch, now: Date, zone: string) => answer(api.GET("/api/access/statistics", { params: { query: asked(search, now, zone) } }));

/** Where the workbook is to be had; a link, so that the browser keeps it under its name. */
export function workbookOf(search: StatisticsSearch, now: Date, zone: string): string {
  const company = currentCompany();
  const query = new URLSearchParams({ ...asked(search, now, zone), ...(company && !showsAllCompanies() ? { company } : {}) });
  return `/api/access/statistics.xlsx?${query}`;
}
