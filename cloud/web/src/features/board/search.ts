/** The passages' list as an address. */

import { isId, type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import { isDay } from "@/shared/format/dates";

export const OUTCOMES = ["granted", "denied"] as const;

export type PassageSearch = ListSearch & { outcome?: string; site?: string; day?: string };

export const parsePassageSearch = (raw: Record<string, unknown>): PassageSearch =>
  parseListSearch(raw, { filters: { outcome: oneOf(OUTCOMES), site: isId, day: isDay }, sorts: ["at", "point", "reason"] });
