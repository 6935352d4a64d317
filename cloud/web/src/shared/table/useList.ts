/** A list whose state is its address: reading, paging, sorting, searching, opening a card. */

import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { type ListSearch, type Page, type PageQuery, pageQuery } from "@/shared/api/page";

export interface List<Row, S extends ListSearch> {
  query: UseQueryResult<Page<Row>>;
  search: S;
  /** Change a part of the address; anything but opening a card or turning a page leads back to page 1. */
  change: (part: { [K in keyof S]?: S[K] | undefined }) => void;
}

interface Options<Row, S extends ListSearch> {
  /** First part: the kind of thing, by which live events make it stale. */
  key: readonly [string, ...unknown[]];
  search: S;
  fetch: (query: PageQuery, search: S) => Promise<Page<Row>>;
}

const KEEPS_PAGE = new Set(["open", "page"]);

export function useList<Row, S extends ListSearch>({ key, search, fetch }: Options<Row, S>): List<Row, S> {
  const navigate = useNavigate();
  const asked = { ...search, open: undefined }; // opening a card asks for no other list
  const query = useQuery({
    queryKey: [...key, "list", asked],
    queryFn: () => fetch(pageQuery(search), search),
    placeholderData: keepPreviousData,
  });
  const change: List<Row, S>["change"] = (part) => {
    const names = Object.keys(part);
    const reset = names.every((name) => KEEPS_PAGE.has(name)) ? {} : { page: undefined };
    const next = { ...search, ...reset, ...part };
    const isTyping = names.includes("q");
    const kept = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== ""));
    void navigate({ to: ".", search: kept as never, replace: isTyping });
  };
  return { query, search, change };
}
