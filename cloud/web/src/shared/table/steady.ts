/** What a list shows while somebody is about to click in it: the same rows in the same places, with what is new in them. */

import { PAGE_SIZE } from "@/shared/api/page";
import { type Pages, type Segment, tail } from "./segment";

export interface Steady<Row> {
  rows: readonly Row[];
  /** How many rows wait. */
  waiting: number;
  /** Rows that no longer belong to the list. */
  gone: ReadonlySet<string>;
}

/** `segment`: the rows as they stand; `pages`: those at hand, as the server has them now. */
export function steady<Row>(segment: Segment<Row>, pages: Pages<Row>, keyOf: (row: Row) => string): Steady<Row> {
  const now = new Map([...pages.values()].flatMap(({ items }) => items.map((row) => [keyOf(row), row])));
  const keys = segment.rows.map(keyOf);
  const places = new Map(keys.map((key, place) => [key, place]));
  const gone = new Set<string>();
  let waiting = 0;
  for (const [from, to] of runs(segment, pages)) {
    for (const key of missing(segment, pages, from, to, keys, places, now)) gone.add(key);
    for (let page = from; page <= to; page += 1) waiting += unknown(segment, pages, page, places, keyOf);
  }
  const isChanged = segment.rows.some((row, place) => (now.get(keys[place] ?? "") ?? row) !== row);
  return { rows: isChanged ? segment.rows.map((row, place) => now.get(keys[place] ?? "") ?? row) : segment.rows, waiting, gone };
}

/** Pages of the segment that are at hand side by side. */
function runs(segment: Segment<unknown>, pages: Pages<unknown>): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (let page = segment.first; page <= segment.last; page += 1) {
    const run = found.at(-1);
    if (!pages.has(page)) continue;
    if (run?.[1] === page - 1) run[1] = page;
    else found.push([page, page]);
  }
  return found;
}

/** Rows of a page that wait above others; what moved up to the end of the last page follows when one scrolls on. */
function unknown<Row>(segment: Segment<Row>, pages: Pages<Row>, page: number, places: ReadonlyMap<string, number>, keyOf: (row: Row) => string): number {
  const items = pages.get(page)?.items ?? [];
  const following = page === segment.last && pages.get(page)?.next !== null ? tail(items, new Set(places.keys()), keyOf).length : 0;
  return items.slice(0, items.length - following).filter((row) => !places.has(keyOf(row))).length;
}

/** Keys from between those that still stand: whatever new ones only pushed off the end is not among them. */
function missing<Row>(
  segment: Segment<Row>,
  pages: Pages<Row>,
  from: number,
  to: number,
  keys: readonly string[],
  places: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, Row>,
): string[] {
  const start = Math.max(0, (from - 1) * PAGE_SIZE - segment.offset);
  const end = Math.min(keys.length, to * PAGE_SIZE - segment.offset);
  const standing = keys.slice(start, end).flatMap((key) => (now.has(key) ? [places.get(key) ?? 0] : []));
  const lowest = from === 1 ? start : (standing[0] ?? end);
  const highest = pages.get(to)?.next === null ? keys.length - 1 : (standing.at(-1) ?? start - 1);
  return keys.slice(lowest, highest + 1).filter((key) => !now.has(key));
}
