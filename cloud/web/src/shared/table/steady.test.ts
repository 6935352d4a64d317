import { expect, test } from "vitest";

import { lastPage } from "./useList";
import { steady } from "./steady";

interface Row {
  id: string;
  state: string;
}

const row = (id: string, state = "old"): Row => ({ id, state });
const keyOf = ({ id }: Row) => id;

test("new rows wait; those that stand keep their places and show what is new in them", () => {
  const held = steady([row("a"), row("b")], [row("c"), row("b", "new"), row("a")], keyOf);
  expect(held.rows).toEqual([row("a"), row("b", "new")]);
  expect(held.waiting).toBe(1);
  expect([...held.gone]).toEqual([]);
});

test("a row that new ones pushed off the page is not gone, one that left from between is", () => {
  const held = steady([row("a"), row("b"), row("c")], [row("d"), row("a")], keyOf);
  expect(held.rows.map(keyOf)).toEqual(["a", "b", "c"]);
  expect([...held.gone]).toEqual(["b"]);
  expect(steady([row("a"), row("b")], [row("a")], keyOf).gone).toEqual(new Set(["b"]));
});

test("nothing changed: nothing waits", () => {
  expect(steady([row("a")], [row("a")], keyOf)).toEqual({ rows: [row("a")], waiting: 0, gone: new Set() });
});

test("a page beyond the end leads to the last one", () => {
  const page = { items: [], total: 120, next: null };
  expect(lastPage(page, { page: 9 })).toBe(3);
  expect(lastPage(page, { page: 9, size: 25 })).toBe(5);
  expect(lastPage({ ...page, total: 0 }, { page: 9 })).toBe(1);
  expect(lastPage({ ...page, items: [1] }, { page: 3 })).toBeNull();
  expect(lastPage(page, {})).toBeNull();
});
