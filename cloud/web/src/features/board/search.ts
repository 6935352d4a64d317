/** The passages' list as an address. */

import type { ListSearch } from "@/shared/api/page";

export const PASSAGE_FILTERS = ["outcome", "site", "day"] as const;
export type PassageSearch = ListSearch & Partial<Record<(typeof PASSAGE_FILTERS)[number], string>>;
