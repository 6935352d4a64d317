/** The list of calls as an address. */

import { isId, type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import type { CallState } from "./api";

export const STATES: readonly CallState[] = ["ringing", "talking", "opened", "refused", "answered", "missed"];

export type CallSearch = ListSearch & { state?: string; site?: string; point?: string; premises?: string };

export const parseCallSearch = (raw: Record<string, unknown>): CallSearch =>
  parseListSearch(raw, {
    filters: { state: oneOf(STATES), site: isId, point: isId, premises: isId },
    sorts: ["at", "point", "address"],
  });
