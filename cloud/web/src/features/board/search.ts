/** The passages' list as an address. */

import { isId, type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { isDay } from "@/shared/format/dates";

export const OUTCOMES = ["granted", "denied"] as const;

/** Why it was denied. */
export const REASONS = [
  "blacklisted",
  "unknown_credential",
  "unknown_plate",
  "not_yet_valid",
  "expired",
  "outside_schedule",
  "wrong_point",
  "no_entries_left",
  "revoked",
  "clock_unknown",
  "ambiguous",
  "unreadable",
  "guard_confirmation",
  "point_not_ready",
  "anti_passback",
  "zone_full",
  "too_many_vehicles",
  "stale_list",
  "code_forged",
  "too_many_tries",
  "code_key_unknown",
] as const satisfies readonly components["schemas"]["Reason"][];

export type PassageSearch = ListSearch & { outcome?: string; site?: string; day?: string; point?: string; reason?: string };

export const parsePassageSearch = (raw: Record<string, unknown>): PassageSearch =>
  parseListSearch(raw, { filters: { outcome: oneOf(OUTCOMES), site: isId, day: isDay, point: isId, reason: oneOf(REASONS) }, sorts: ["at", "point", "reason"] });
