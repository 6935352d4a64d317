/** The rules as an address: of kinds of passes, or of points. */

import { type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";

export type PolicySearch = ListSearch & { of?: string };

export const parsePolicySearch = (raw: Record<string, unknown>): PolicySearch =>
  parseListSearch(raw, { filters: { of: oneOf(["points"]) }, sorts: ["point", "site"] });
