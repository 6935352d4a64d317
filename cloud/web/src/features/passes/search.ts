/** The passes' list, and the list of those inside, as addresses. */

import { isId, type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import { isDay } from "@/shared/format/dates";
import type { Means, PassKind, PassState } from "./api";

export const PASS_STATES: readonly PassState[] = ["issued", "inside", "left", "refused", "revoked", "expired"];
export const PASS_KINDS: readonly PassKind[] = ["guest", "recurring", "resident", "staff", "service", "contractor"];

export type PassSearch = ListSearch & { state?: string; kind?: string; site?: string; day?: string };

export const parsePassSearch = (raw: Record<string, unknown>): PassSearch =>
  parseListSearch(raw, {
    filters: { state: oneOf(PASS_STATES), kind: oneOf(PASS_KINDS), site: isId, day: isDay },
    sorts: ["holder", "host", "address", "visit", "changed", "number"],
    open: isId,
  });

export const MEANS: readonly Means[] = ["vehicle", "foot"];

/** `late`: those alone whose pass has ended. */
export type InsideSearch = ListSearch & { site?: string; zone?: string; means?: string; late?: string };

export const parseInsideSearch = (raw: Record<string, unknown>): InsideSearch =>
  parseListSearch(raw, {
    filters: { site: isId, zone: isId, means: oneOf(MEANS), late: oneOf(["yes"]) },
    sorts: ["since", "until", "holder", "host", "address", "number", "zone"],
    open: isId,
  });
