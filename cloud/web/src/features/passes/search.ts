/** The passes' list, and the list of those inside, as addresses. */

import { isId, type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import { isDay } from "@/shared/format/dates";
import { PASS_KINDS } from "@/shared/lookups/passKinds";
import type { Means, PassState } from "./api";

export const PASS_STATES: readonly PassState[] = ["requested", "issued", "inside", "left", "refused", "revoked", "expired"];

export type PassSearch = ListSearch & { state?: string; kind?: string; site?: string; day?: string; group?: string };

export const parsePassSearch = (raw: Record<string, unknown>): PassSearch =>
  parseListSearch(raw, {
    filters: { state: oneOf(PASS_STATES), kind: oneOf(PASS_KINDS), site: isId, day: isDay, group: isId },
    sorts: ["holder", "host", "address", "visit", "changed", "number"],
  });

export const MEANS: readonly Means[] = ["vehicle", "foot"];

/** `late`: those alone whose pass has ended. */
export type InsideSearch = ListSearch & { site?: string; zone?: string; means?: string; late?: string };

export const parseInsideSearch = (raw: Record<string, unknown>): InsideSearch =>
  parseListSearch(raw, {
    filters: { site: isId, zone: isId, means: oneOf(MEANS), late: oneOf(["yes"]) },
    sorts: ["since", "until", "holder", "host", "address", "number", "zone"],
  });
