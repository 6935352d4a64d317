/** What is common to all passes of a table, and a table to begin with. */

import type { WeekWords } from "@/shared/week/week";
import type { ImportDraft, PassKind } from "./api";
import type { Condition } from "./conditions";
import { type Entered, emptyPass, kindOf, passDraft, type Term } from "./draft";

/** Without end is a period of which nobody says when it ends. */
export const VALIDITY = ["today", "tomorrow", "period"] as const;

export interface EnteredTable extends Pick<Entered, "siteId" | "kind" | "premises" | "from" | "until" | "entries" | "code" | Condition> {
  file: File | null;
  group: string;
  validity: (typeof VALIDITY)[number];
}

export function emptyTable(): EnteredTable {
  return { ...emptyPass(""), validity: "today", file: null, group: "" };
}

/** As `kindOf`, of a table. */
export function tableKindOf(kind: PassKind, before: EnteredTable): Term & Pick<EnteredTable, "validity"> {
  const { validity, entries } = kindOf(kind, before);
  return { kind, validity: validity === "endless" ? "period" : validity, entries };
}

/** Throws as `passDraft`. */
export function importDraft(id: string, entered: EnteredTable, zone: string, words: WeekWords, now = new Date()): ImportDraft {
  const { group } = entered;
  const each = passDraft({ ...emptyPass(""), ...entered }, zone, words, now);
  const { site_id, kind, service, premises_id = null, entries = null, points, schedule, direction = null, ticket = null, code } = each;
  const [valid_from, valid_until] = [each.valid_from ?? null, each.valid_until ?? null];
  return { id, group, site_id, kind, service, premises_id, entries, points, schedule, direction, ticket, code, valid_from, valid_until };
}

/** Served beside the page: the content security policy lets no page make up a file of its own. */
export const SAMPLE = "/samples/guests.csv";
