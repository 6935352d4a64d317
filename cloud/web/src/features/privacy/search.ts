/** The address of the ledger of looks. */

import type { ListSearch } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";

export const LOOK_FILTERS = ["kind", "day", "subject"] as const;
export type LookSearch = ListSearch & Partial<Record<(typeof LOOK_FILTERS)[number], string>>;

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
