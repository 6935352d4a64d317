/** What was counted at the gates. */

import { answer, api } from "@/shared/api/client";
import { currentCompany, showsAllCompanies } from "@/shared/api/company";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import type { StatisticsSearch } from "./search";

export type Statistics = components["schemas"]["StatisticsOut"];
export type Counted = Pick<components["schemas"]["CountedAt"], "entered" | "left" | "denied">;

const HOUR_MS = 3_600_000;
const SPAN_HOURS = { day: 24, week: 7 * 24, month: 31 * 24, year: 365 * 24 } as const;

/** The span that ends with the present hour: so that it is asked for once an hour. */
export function periodOf({ span }: StatisticsSearch, now: Date): { since: string; until: string } {
  const until = (Math.floor(now.getTime() / HOUR_MS) + 1) * HOUR_MS;
  const hours = SPAN_HOURS[(span ?? "week") as keyof typeof SPAN_HOURS];
  return { since: new Date(until - hours * HOUR_MS).toISOString(), until: new Date(until).toISOString() };
}

function asked(search: StatisticsSearch, now: Date) {
  return { ...periodOf(search, now), ...ofComplex(search), ...(search.site ? { site_id: search.site } : {}) };
}

export const getStatistics = (search: StatisticsSearch, now: Date) => answer(api.GET("/api/access/statistics", { params: { query: asked(search, now) } }));

/** Where the workbook is to be had; a link, so that the browser keeps it under its name. */
export function workbookOf(search: StatisticsSearch, now: Date): string {
  const company = currentCompany();
  const query = new URLSearchParams({ ...asked(search, now), ...(company && !showsAllCompanies() ? { company } : {}) });
  return `/api/access/statistics.xlsx?${query}`;
}
