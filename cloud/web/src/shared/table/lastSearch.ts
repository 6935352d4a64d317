/** How each list was looked at last, so that the way back from a card's own page leads to it as it was. */

import type { ListSearch } from "@/shared/api/page";

const searches = new Map<string, ListSearch>();

export function rememberList(kind: string, search: ListSearch): void {
  searches.set(kind, search);
}

/** `kind`: the first part of the list's key. */
export function lastSearch(kind: string): ListSearch {
  return searches.get(kind) ?? {};
}
