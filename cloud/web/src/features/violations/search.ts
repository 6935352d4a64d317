/** The violations' list as an address. */

import { isId, type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import type { ViolationKind, ViolationState } from "./api";

export const STATES: readonly ViolationState[] = ["recorded", "notified", "appealed", "confirmed", "dismissed", "charged"];
export const KINDS: readonly ViolationKind[] = ["parking", "speed", "noise", "litter", "damage", "dog", "fire_safety", "breach", "other"];

export type ViolationSearch = ListSearch & { state?: string; kind?: string; site?: string };

export const parseViolationSearch = (raw: Record<string, unknown>): ViolationSearch =>
  parseListSearch(raw, {
    filters: { state: oneOf(STATES), kind: oneOf(KINDS), site: isId },
    sorts: ["at", "number", "changed", "state", "kind"],
  });
