/** What is common to all passes of a table, and a table to begin with. */

import type { Found } from "@/shared/lookups/LookupSelect";
import type { ImportDraft, PassKind } from "./api";
import { period } from "./draft";

export interface EnteredTable {
  file: File | null;
  group: string;
  siteId: string;
  kind: PassKind;
  premises: Found | null;
  validity: "today" | "tomorrow" | "period";
  from: string | null;
  until: string | null;
  code: boolean;
}

export function emptyTable(): EnteredTable {
  return { file: null, group: "", siteId: "", kind: "guest", premises: null, validity: "today", from: null, until: null, code: false };
}

export function importDraft(id: string, entered: EnteredTable, zone: string, now = new Date()): ImportDraft {
  const { group, siteId, kind, premises, code } = entered;
  return { id, group, site_id: siteId, kind, premises_id: premises?.id ?? null, service: "", entries: 1, code, ...period(entered, zone, now) };
}

/** Served beside the page: the content security policy lets no page make up a file of its own. */
export const SAMPLE = "/samples/guests.csv";
