/** The passes' list as an address. */

import { isId, type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import { isDay } from "@/shared/format/dates";
import type { PassKind, PassState } from "./api";

export const PASS_STATES: readonly PassState[] = ["issued", "inside", "left", "refused", "revoked", "expired"];
export const PASS_KINDS: readonly PassKind[] = ["guest", "recurring", "resident", "staff", "service", "contractor"];

export type PassSearch = ListSearch & { state?: string; kind?: string; site?: string; day?: string };

export const parsePassSearch = (raw: Record<string, unknown>): PassSearch =>
  parseListSearch(raw, {
    filters: { state: oneOf(PASS_STATES), kind: oneOf(PASS_KINDS), site: isId, day: isDay },
    sorts: ["holder", "host", "address", "visit", "changed", "number"],
    open: isId,
  });
