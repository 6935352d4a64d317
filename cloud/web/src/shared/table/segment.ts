/**
 * What a long list holds of itself: one unbroken run of its rows, as they stand on the screen. Around the run nothing is known
 * but how much there is; the server gives pages, and the list may have moved between two of them.
 */

import { PAGE_SIZE, type Page } from "@/shared/api/page";

export interface Segment<Row> {
  /** Which list: its filters, search and sort. */
  address: string;
  /** The pages that the run was made of. */
  first: number;
  last: number;
  /** The place of the run's first row in the whole list, from 0. */
  offset: number;
  /** Each once. */
  rows: readonly Row[];
}

/** Pages at hand, by number, from 1. */
export type Pages<Row> = ReadonlyMap<number, Page<Row>>;

type KeyOf<Row> = (row: Row) => string;

/** What is asked for: the list, and the pages around what is seen. */
export interface Wanted {
  address: string;
  first: number;
  last: number;
}

/** The run to show now. `isHeld`: somebody is about to click in it, so what stands in it stays. */
export function next<Row>(segment: Segment<Row> | null, wanted: Wanted, pages: Pages<Row>, keyOf: KeyOf<Row>, isHeld: boolean): Segment<Row> | null {
  if (!segment || segment.address !== wanted.address || !isHeld) return begin(wanted.address, wanted.first, pages, keyOf) ?? segment;
  const isFar = wanted.first > segment.last + 1 || wanted.last < segment.first - 1;
  if (isFar) return begin(wanted.address, wanted.first, pages, keyOf) ?? segment;
  return extended(segment, pages, keyOf);
}

/** The run that begins with a page, as far as pages follow without a gap; null: that page is not there. */
export function begin<Row>(address: string, first: number, pages: Pages<Row>, keyOf: KeyOf<Row>): Segment<Row> | null {
  const page = pages.get(first);
  if (!page || (page.items.length === 0 && first > 1)) return null;
  return extended({ address, first, last: first, offset: (first - 1) * PAGE_SIZE, rows: distinct(page.items, keyOf) }, pages, keyOf);
}

/** The run with the pages that join it at either end; itself, if none does. What stands in it keeps its place. */
export function extended<Row>(segment: Segment<Row>, pages: Pages<Row>, keyOf: KeyOf<Row>): Segment<Row> {
  let { first, last, offset, rows } = segment;
  for (let page = pages.get(last + 1); page; page = pages.get(last + 1)) {
    // Where rows went, others of this page moved up to the end of the one before.
    rows = distinct([...rows, ...tail(pages.get(last)?.items ?? [], new Set(rows.map(keyOf)), keyOf), ...page.items], keyOf);
    last += 1;
  }
  for (let page = pages.get(first - 1); page; page = pages.get(first - 1)) {
    const known = new Set(rows.map(keyOf));
    const before = page.items.filter((row) => !known.has(keyOf(row)));
    rows = [...before, ...rows];
    offset -= before.length;
    first -= 1;
  }
  return first === segment.first && last === segment.last ? segment : { ...segment, first, last, offset, rows };
}

/** The rows of a page that stand after the last known one. */
export function tail<Row>(items: readonly Row[], known: ReadonlySet<string>, keyOf: KeyOf<Row>): readonly Row[] {
  return items.slice(items.findLastIndex((row) => known.has(keyOf(row))) + 1);
}

function distinct<Row>(rows: readonly Row[], keyOf: KeyOf<Row>): Row[] {
  const seen = new Set<string>();
  return rows.filter((row) => seen.size < seen.add(keyOf(row)).size);
}

/** How many rows there are to scroll through; of a list whose count is capped, a page more than is known. */
export function countOf(segment: Segment<unknown>, pages: Pages<unknown>): number {
  const known = segment.offset + segment.rows.length;
  const end = pages.get(segment.last);
  const newest = end ?? [...pages.values()][0];
  if (!newest || end?.next === null) return known;
  const beyond = newest.total - segment.last * PAGE_SIZE;
  return known + Math.max(beyond, newest.total_capped ? PAGE_SIZE : 0);
}

/** The pages on which the rows from `start` to `end` (from 0) lie. */
export function pagesOf(start: number, end: number): [first: number, last: number] {
  const page = (place: number) => Math.floor(Math.max(0, place) / PAGE_SIZE) + 1;
  return [page(start), page(Math.max(start, end))];
}
