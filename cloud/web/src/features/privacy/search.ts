/** The address of the ledger of looks. */

import type { ListSearch } from "@/shared/api/page";

export const LOOK_FILTERS = ["kind", "day", "subject"] as const;
export type LookSearch = ListSearch & Partial<Record<(typeof LOOK_FILTERS)[number], string>>;

export const LOOK_KINDS = ["passes", "passages", "pictures", "visitors", "violations", "people", "blacklist", "guards", "journal", "staff", "audit"] as const;
