/** A list whose state is its address: searching, sorting, opening a card; its rows load on as one scrolls. */

import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";

import { type ListSearch, PAGE_SIZE, type Page, type PageQuery, pageQuery } from "@/shared/api/page";
import { chosenComplex } from "@/shared/complex/complex";
import { useRememberList } from "./lastSearch";
import { type Pages, pagesOf, type Wanted } from "./segment";

export interface List<Row, S extends ListSearch> {
  search: S;
  /** Change a part of the address; anything but opening a card or scrolling to a page leads back to the top. */
  change: (part: { [K in keyof S]?: S[K] | undefined }) => void;
  /** What is shown: the list, and the pages around what is seen. */
  wanted: Wanted;
  /** Those of them that are at hand, and always the first. */
  pages: Pages<Row>;
  /** All rows at hand. */
  rows: readonly Row[];
  error: Error | null;
  retry: () => void;
  /** The rows from `start` to `end` (from 0) are about to be seen. */
  reach: (start: number, end: number) => void;
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
  const asked = { ...search, open: undefined, page: undefined, complex: chosenComplex(search) }; // neither asks for another list
  const address = JSON.stringify([key, asked]);
  const { wanted, reach } = useWanted(address, search.page ?? 1);
  const numbers = [...new Set([1, ...range(wanted.first, wanted.last)])];
  const found = useQueries({
    queries: numbers.map((page) => ({
      queryKey: [...key, "list", asked, page],
      queryFn: () => fetch(pageQuery(search, page), search),
      enabled: isReady,
    })),
  });
  const pages = useSettled(address, numbers, found);
  const failed = found.filter(({ isError }) => isError);
  const rows = useMemo(() => [...pages.values()].flatMap(({ items }) => items), [pages]);
  useRememberList(search);
  const change: List<Row, S>["change"] = (part) => {
    const names = Object.keys(part);
    const keepsPage = names.every((name) => KEEPS_PAGE.has(name));
    const isReplaced = names.includes("q") || names.includes("page");
    void navigate({ to: ".", search: kept({ ...search, ...(keepsPage ? {} : { page: undefined }), ...part }), replace: isReplaced, resetScroll: false });
  };
  const last = lastPage(pages, wanted.first);
  useEffect(() => {
    // The page is gone, or never was: show the last there is.
    if (last !== null) reach((last - 1) * PAGE_SIZE, (last - 1) * PAGE_SIZE);
  }, [last, reach]);
  return { search, change, wanted, pages, rows, reach, error: failed[0]?.error ?? null, retry: () => void Promise.all(failed.map(({ refetch }) => refetch())) };
}

/** Which pages are around what is seen; another list begins at its `page`. */
function useWanted(address: string, page: number) {
  const [reached, setReached] = useState<Wanted>({ address, first: page, last: page });
  const wanted = reached.address === address ? reached : { address, first: page, last: page };
  const reach = useCallback(
    (start: number, end: number) => {
      const [first, last] = pagesOf(start, end);
      setReached((before) => (before.address === address && before.first === first && before.last === last ? before : { address, first, last }));
    },
    [address],
  );
  return { wanted, reach };
}

/** The pages as they last were when none was on its way: two that are asked for one after the other do not fit together. */
function useSettled<Row>(address: string, numbers: readonly number[], found: readonly UseQueryResult<Page<Row>>[]): Pages<Row> {
  const [settled, setSettled] = useState<{ address: string; pages: Pages<Row> }>({ address, pages: NONE });
  const known = settled.address === address ? settled.pages : NONE;
  if (found.some(({ isFetching }) => isFetching)) return known;
  const now = numbers.flatMap((number, place): [number, Page<Row>][] => (found[place]?.data ? [[number, found[place].data]] : []));
  const isKnown = settled.address === address && known.size === now.length && now.every(([number, page]) => known.get(number) === page);
  if (isKnown) return known;
  const pages = new Map(now);
  setSettled({ address, pages });
  return pages;
}

const NONE: Pages<never> = new Map();

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, step) => first + step);
}

/** The page to show instead of one beyond the end; null: the page asked for is there. */
export function lastPage(pages: Pages<unknown>, asked: number): number | null {
  const page = pages.get(asked);
  if (!page || page.items.length > 0 || asked === 1) return null;
  return Math.max(1, Math.min(asked - 1, Math.ceil(page.total / PAGE_SIZE)));
}
