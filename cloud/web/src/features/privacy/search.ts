/** The address of the ledger of looks. */

import { isDay } from "@/shared/format/dates";
import { type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";

export type LookSearch = ListSearch & { kind?: string; day?: string; subject?: string };

type LookKind = components["schemas"]["LookKind"];

/** In this order in the filter; the compiler misses none. */
const KINDS: Record<LookKind, true> = {
  passes: true,
  passages: true,
  pictures: true,
  faces: true,
  visitors: true,
  violations: true,
  calls: true,
  people: true,
  blacklist: true,
  guards: true,
  journal: true,
  staff: true,
  audit: true,
};
export const LOOK_KINDS = Object.keys(KINDS) as LookKind[];

/** Whose data: `pass:<id>`, `plate:<plate>`. */
const isSubject = (text: string) => /^[a-z]+:.+$/.test(text) && text.length <= 100;

export const parseLookSearch = (raw: Record<string, unknown>): LookSearch =>
  parseListSearch(raw, { filters: { kind: oneOf(LOOK_KINDS), day: isDay, subject: isSubject }, sorts: ["at", "who"] });
