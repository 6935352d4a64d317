/** The list of cards as an address. */

import { type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import type { CardState } from "./api";

export const CARD_STATES: readonly CardState[] = ["stock", "given", "overdue", "lost", "destroyed"];

export type CardSearch = ListSearch & { state?: string };

export const parseCardSearch = (raw: Record<string, unknown>): CardSearch =>
  parseListSearch(raw, { filters: { state: oneOf(CARD_STATES) }, sorts: ["card", "label", "state", "since", "due", "holder"] });
