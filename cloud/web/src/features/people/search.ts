/** The residents' list as an address. */

import { type ListSearch, parseListSearch } from "@/shared/api/page";

export const parsePeopleSearch = (raw: Record<string, unknown>): ListSearch => parseListSearch(raw, { sorts: ["name"] });
