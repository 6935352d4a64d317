/** How long personal data is kept, and who looked at it. */

import { answer, api } from "@/shared/api/client";
import { currentCompany, showsAllCompanies } from "@/shared/api/company";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { momentInZone } from "@/shared/format/dates";
import type { LookSearch } from "./search";

export type Retention = components["schemas"]["RetentionOut"];
export type Standing = components["schemas"]["StandingOut"];
export type BoxStanding = components["schemas"]["BoxStandingOut"];
export type Look = components["schemas"]["LookOut"];

const DAY_MS = 86_400_000;

export const getRetention = () => answer(api.GET("/api/retention"));

export const setRetention = (kind: Standing["kind"], days: number | null) => answer(api.PUT("/api/retention", { body: { days: { [kind]: days } } }));

function asked(search: LookSearch) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const from = search.day ? momentInZone(search.day, "00:00", zone) : null;
  return {
    ...(search.kind ? { kind: search.kind as components["schemas"]["LookKind"] } : {}),
    ...(search.subject ? { subject: search.subject } : {}),
    ...(from ? { since: from.toISOString(), until: new Date(from.getTime() + DAY_MS).toISOString() } : {}),
  };
}

export const listLooks = (query: PageQuery, search: LookSearch) => answer(api.GET("/api/looks", { params: { query: { ...query, ...asked(search) } } }));

/** Where the workbook is to be had; a link, so that the browser keeps it under its name. */
export function looksWorkbook(search: LookSearch): string {
  const company = currentCompany();
  const query = new URLSearchParams({ ...asked(search), ...(search.q ? { q: search.q } : {}), ...(company && !showsAllCompanies() ? { company } : {}) });
  return `/api/looks.xlsx?${query}`;
}
