/** The blacklist as an address. */

import { type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";

export type BlacklistSearch = ListSearch & { removed?: string };

export const parseBlacklistSearch = (raw: Record<string, unknown>): BlacklistSearch =>
  parseListSearch(raw, { filters: { removed: oneOf(["0", "1"]) }, sorts: ["person", "until", "created"] });
