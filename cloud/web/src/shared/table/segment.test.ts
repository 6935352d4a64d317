import { expect, test } from "vitest";

import { PAGE_SIZE, type Page } from "@/shared/api/page";
import { begin, countOf, extended, next, type Pages, pagesOf, type Segment } from "./segment";
import { steady } from "./steady";
import { lastPage } from "./useList";

interface Row {
  id: string;
  state: string;
}

const row = (id: string, state = "old"): Row => ({ id, state });
const keyOf = ({ id }: Row) => id;
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, step) => row(`${from + step}`));
const ADDRESS = "passes";

/** Pages of a list as the server has it. */
function pagesFrom(all: readonly Row[], ...numbers: number[]): Pages<Row> {
  const page = (number: number): Page<Row> => ({
    items: all.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE),
    total: all.length,
    next: number * PAGE_SIZE < all.length ? number + 1 : null,
  });
  return new Map(numbers.map((number) => [number, page(number)]));
}

function begun(all: readonly Row[], first: number, ...numbers: number[]): Segment<Row> {
  const segment = begin(ADDRESS, first, pagesFrom(all, ...numbers), keyOf);
  if (!segment) throw new Error("no such page");
  return segment;
}

const ids = (segment: Segment<Row> | null) => segment?.rows.map(keyOf);
const idsOf = (from: number, to: number) => rows(from, to).map(keyOf);

test("pages that follow each other are one run, others wait for what is between", () => {
  const all = rows(0, 450);
  const segment = begun(all, 1, 1, 2, 4);
  expect([segment.first, segment.last, segment.offset]).toEqual([1, 2, 0]);
  expect(ids(extended(segment, pagesFrom(all, 3, 4), keyOf))).toEqual(idsOf(0, 400));
  expect(extended(segment, pagesFrom(all, 1, 4), keyOf)).toBe(segment);
});

test("rows that came above are not there twice when one scrolls on", () => {
  const segment = begun(rows(0, 300), 1, 1);
  const moved = [row("new"), ...rows(0, 300)];
  const more = extended(segment, pagesFrom(moved, 1, 2), keyOf);
  expect(ids(more)).toEqual(idsOf(0, 199));
  expect(countOf(more, pagesFrom(moved, 1, 2))).toBe(300);
});

test("rows that went away above leave none out when one scrolls on", () => {
  const segment = begun(rows(0, 300), 1, 1);
  const left = rows(0, 300).filter(({ id }) => id !== "7");
  expect(ids(extended(segment, pagesFrom(left, 1, 2), keyOf))).toEqual(idsOf(0, 201));
});

test("whoever came in the middle finds what is above, and what they saw stays in its place", () => {
  const all = rows(0, 400);
  const segment = begun(all, 3, 1, 3);
  expect(segment.offset).toBe(200);
  expect(ids(extended(segment, pagesFrom(all, 2, 3), keyOf))).toEqual(idsOf(0, 400).slice(100, 300));
  const left = all.slice(5);
  const more = extended(segment, pagesFrom(left, 2), keyOf);
  expect(more.offset + more.rows.findIndex(({ id }) => id === "200")).toBe(200);
});

test("far away another run begins; near by, what stands stays while somebody is there", () => {
  const all = rows(0, 1000);
  const segment = begun(all, 1, 1);
  const at = (first: number, last: number) => ({ address: ADDRESS, first, last });
  expect(next(segment, at(7, 8), pagesFrom(all, 1, 7, 8), keyOf, true)?.offset).toBe(600);
  expect(next(segment, at(7, 8), pagesFrom(all, 1), keyOf, true)).toBe(segment);
  const changed = [row("new"), ...all];
  expect(next(segment, at(1, 1), pagesFrom(changed, 1), keyOf, true)).toBe(segment);
  expect(ids(next(segment, at(1, 1), pagesFrom(changed, 1), keyOf, false))?.[0]).toBe("new");
  expect(next(segment, { ...at(1, 1), address: "other" }, new Map(), keyOf, false)).toBe(segment);
});

test("a capped count always leaves a page to scroll to, until the end is there", () => {
  const capped = (next: number | null): Pages<Row> => new Map([[1, { items: rows(0, 100), total: 50, total_capped: true, next }]]);
  const segment = begin(ADDRESS, 1, capped(2), keyOf) as Segment<Row>;
  expect(countOf(segment, capped(2))).toBe(200);
  expect(countOf(segment, capped(null))).toBe(100);
});

test("the pages that rows lie on", () => {
  expect(pagesOf(-40, 65)).toEqual([1, 1]);
  expect(pagesOf(60, 160)).toEqual([1, 2]);
  expect(pagesOf(200, 299)).toEqual([3, 3]);
});

test("new rows wait; those that stand keep their places and show what is new in them", () => {
  const held = steady(begun([row("a"), row("b")], 1, 1), pagesFrom([row("c"), row("b", "new"), row("a")], 1), keyOf);
  expect(held.rows).toEqual([row("a"), row("b", "new")]);
  expect(held.waiting).toBe(1);
  expect([...held.gone]).toEqual([]);
});

test("a row that new ones pushed off the page is not gone, one that left from between is", () => {
  const segment = begun(rows(0, 300), 1, 1);
  const moved = [row("new"), ...rows(0, 300).filter(({ id }) => id !== "7")];
  const held = steady(segment, pagesFrom([row("new"), ...rows(0, 300)], 1), keyOf);
  expect([held.waiting, held.gone]).toEqual([1, new Set()]);
  expect([...steady(segment, pagesFrom(moved, 1), keyOf).gone]).toEqual(["7"]);
  expect(steady(begun([row("a"), row("b")], 1, 1), pagesFrom([row("a")], 1), keyOf).gone).toEqual(new Set(["b"]));
});

test("what moved up to a page's end does not wait: it follows as one scrolls", () => {
  const left = rows(0, 300).filter(({ id }) => id !== "7");
  const held = steady(begun(rows(0, 300), 1, 1), pagesFrom(left, 1), keyOf);
  expect([held.waiting, [...held.gone]]).toEqual([0, ["7"]]);
});

test("of pages that are out of sight nothing is said", () => {
  const all = rows(0, 500);
  const held = steady(begun(all, 1, 1, 2, 3, 4, 5), pagesFrom([row("new"), ...all.filter(({ id }) => id !== "310")], 1, 4), keyOf);
  expect([held.waiting, [...held.gone]]).toEqual([1, ["310"]]);
});

test("nothing changed: nothing waits, and nothing is drawn anew", () => {
  const segment = begun([row("a")], 1, 1);
  const held = steady(segment, new Map([[1, { items: [...segment.rows], total: 1, next: null }]]), keyOf);
  expect(held).toEqual({ rows: [row("a")], waiting: 0, gone: new Set() });
  expect(held.rows).toBe(segment.rows);
});

test("a page beyond the end leads to the last one", () => {
  const beyond = (total: number): Pages<Row> => new Map([[9, { items: [], total, next: null }]]);
  expect(lastPage(beyond(120), 9)).toBe(2);
  expect(lastPage(beyond(0), 9)).toBe(1);
  expect(lastPage(pagesFrom(rows(0, 300), 3), 3)).toBeNull();
  expect(lastPage(new Map(), 3)).toBeNull();
});
