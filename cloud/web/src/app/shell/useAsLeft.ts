/** A section is found again as it was left, but for the card beside it; asked for where one is, it shows the whole list. */

import { useLocation } from "@tanstack/react-router";

import { useLastSearch } from "@/shared/table/lastSearch";

/** The rest of a section's address, by its path. */
export function useAsLeft(): (path: string) => never {
  const lastSearch = useLastSearch();
  const here = useLocation({ select: ({ pathname }) => pathname });
  return (path) => (path === here ? {} : { ...lastSearch(path), open: undefined }) as never;
}
