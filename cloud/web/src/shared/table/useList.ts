/** A list whose state is its address: reading, paging, sorting, searching, opening a card. */

import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

import { DEFAULT_PAGE_SIZE, type ListSearch, type Page, type PageQuery, pageQuery } from "@/shared/api/page";
import { chosenComplex } from "@/shared/complex/complex";
import { useRememberList } from "./lastSearch";

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
  /** False while something that the question needs is not known yet. */
  isReady?: boolean;
}

const KEEPS_PAGE = new Set(["open", "page"]);

function kept(search: object): never {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== "")) as never;
}

export function useList<Row, S extends ListSearch>({ key, search, fetch, isReady = true }: Options<Row, S>): List<Row, S> {
  const navigate = useNavigate();
  const asked = { ...search, open: undefined, complex: chosenComplex(search) }; // opening a card asks for no other list
  const query = useQuery({
    queryKey: [...key, "list", asked],
    queryFn: () => fetch(pageQuery(search), search),
    placeholderData: keepPreviousData,
    enabled: isReady,
  });
  useRememberList(search);
  const last = query.isPlaceholderData ? null : lastPage(query.data, search);
  useEffect(() => {
    // The page is gone, or never was: show the last there is.
    if (last !== null) void navigate({ to: ".", search: kept({ ...search, page: last > 1 ? last : undefined }), replace: true });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once it is known which page is the last
  }, [last]);
  const change: List<Row, S>["change"] = (part) => {
    const names = Object.keys(part);
    const reset = names.every((name) => KEEPS_PAGE.has(name)) ? {} : { page: undefined };
    const isTyping = names.includes("q");
    void navigate({ to: ".", search: kept({ ...search, ...reset, ...part }), replace: isTyping });
  };
  return { query, search, change };
}

/** The page to show instead of one beyond the end; null: the page asked for is there. */
export function lastPage(page: Page<unknown> | undefined, search: ListSearch): number | null {
  if (!page || page.items.length > 0 || (search.page ?? 1) === 1) return null;
  return Math.max(1, Math.ceil(page.total / (search.size ?? DEFAULT_PAGE_SIZE)));
}
