/** The housing lists as an address: which list, of which building; the complex is the whole desk's. */

import { isId, type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import type { PremisesKind } from "./api";

export const TABS = ["complexes", "buildings", "premises"] as const;
export const PREMISES_KINDS: readonly PremisesKind[] = ["flat", "house", "plot", "office", "storage", "parking"];

export type HousingSearch = ListSearch & { tab?: string; building?: string; kind?: string };

const SORTS: Readonly<Record<(typeof TABS)[number], readonly string[]>> = {
  complexes: ["name"],
  buildings: ["name", "complex"],
  premises: ["number"],
};

export function parseHousingSearch(raw: Record<string, unknown>): HousingSearch {
  const tab = TABS.find((known) => known === raw["tab"]) ?? "complexes";
  return parseListSearch(raw, {
    filters: { tab: oneOf(TABS), building: isId, kind: oneOf(PREMISES_KINDS) },
    sorts: SORTS[tab],
  });
}
