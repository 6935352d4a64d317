/** The passes' list as an address. */

import type { ListSearch } from "@/shared/api/page";

export const PASS_FILTERS = ["state", "kind", "site", "day"] as const;
export type PassSearch = ListSearch & Partial<Record<(typeof PASS_FILTERS)[number], string>>;
