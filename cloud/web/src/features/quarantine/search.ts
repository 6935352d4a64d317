/** What was set aside, as an address. */

import { isId, type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";

export type QuarantineSearch = ListSearch & { tab?: string; reason?: string; site?: string };

type Reason = components["schemas"]["QuarantineReason"];

export const TABS = ["messages", "types"] as const;
export const REASONS: readonly Reason[] = [
  "malformed",
  "too_large",
  "foreign_series",
  "foreign_point",
  "time_out_of_range",
  "bad_signature",
  "broken_chain",
  "unknown_type",
  "refused",
  "too_many",
];

export const parseQuarantineSearch = (raw: Record<string, unknown>): QuarantineSearch =>
  parseListSearch(raw, { filters: { tab: oneOf(TABS), reason: oneOf(REASONS), site: isId }, sorts: ["reason", "times", "last"] });
