/** The housing lists as an address: which list, of which complex, of which building. */

import type { ListSearch } from "@/shared/api/page";

export const HOUSING_FILTERS = ["tab", "complex", "building", "kind"] as const;
export type HousingSearch = ListSearch & Partial<Record<(typeof HOUSING_FILTERS)[number], string>>;
