/** The lists of what guards did, as addresses: one page, whose `show` says which list. */

import { isId, type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";

export const SHOWN = ["visits", "shifts", "decisions", "passes"] as const;
export type Shown = (typeof SHOWN)[number];

/** What each list is filtered by beside its site. */
export const STATES = {
  visits: ["expected", "inside", "left", "conflict"],
  shifts: [],
  decisions: ["confirm", "refuse", "open"],
  passes: ["waiting", "taken", "conflict", "withdrawn"],
} as const satisfies Record<Shown, readonly string[]>;

const SORTS: Record<Shown, readonly string[]> = {
  visits: ["since", "registered", "name"],
  shifts: ["begun", "guard"],
  decisions: ["at", "guard"],
  passes: ["at", "number"],
};

export type WatchSearch = ListSearch & { show?: string; state?: string; site?: string };

export const shownOf = (search: { show?: string }): Shown => SHOWN.find((show) => show === search.show) ?? "visits";

export function parseWatchSearch(raw: Record<string, unknown>): WatchSearch {
  const show = SHOWN.find((known) => known === raw["show"]) ?? "visits";
  return parseListSearch(raw, {
    filters: { show: oneOf(SHOWN), state: oneOf(STATES[show]), site: isId },
    sorts: SORTS[show],
  });
}
