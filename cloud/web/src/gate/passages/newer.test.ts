import { expect, test } from "vitest";

import { shown, unsettledSince } from "./newer";

const passage = (id: string, at: string, word = "") => ({ id, at: `2026-11-30T${at}Z`, word });
const [d, c, b, a] = [passage("d", "12:02:00"), passage("c", "12:00:00"), passage("b", "11:59:00"), passage("a", "10:00:00")] as const;
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).join("");

test("what came since is counted, and waits", () => {
  const { rows, fresh } = shown([c, b, a], { items: [d, c, b], more: false }, c);
  expect([ids(rows), fresh]).toEqual(["cba", 1]);
  expect(shown([c, b, a], undefined, c)).toEqual({ rows: [c, b, a], fresh: 0 });
});

test("what is loaded anew waits too, and is counted once", () => {
  const { rows, fresh } = shown([d, c, b, a], { items: [d, c, b], more: false }, c);
  expect([ids(rows), fresh]).toEqual(["cba", 1]);
});

test("what has changed of late is shown as it is now, and goes if it is sought no more", () => {
  const decided = { ...c, word: "opened" };
  expect(shown([c, b, a], { items: [decided], more: false }, c).rows).toEqual([decided, a]);
});

test("of one moment the greater id is the newer", () => {
  const twin = { ...c, id: "c2" };
  expect(shown([c], { items: [twin, c], more: false }, c).fresh).toBe(1);
  expect(shown([twin, c], { items: [twin, c], more: false }, twin)).toEqual({ rows: [twin, c], fresh: 0 });
});

test("where more came than is looked at, what is shown stays", () => {
  const { rows, fresh } = shown([c, b, a], { items: [d], more: true }, c);
  expect([ids(rows), fresh]).toEqual(["cba", 1]);
});

test("a list that was empty says what came; one that was not looked at yet hides nothing", () => {
  expect(shown([], { items: [d], more: false }, { id: "", at: b.at })).toEqual({ rows: [], fresh: 1 });
  expect(shown([d, c], undefined, undefined)).toEqual({ rows: [d, c], fresh: 0 });
});

test("a passage of the last minutes may still change", () => {
  expect(unsettledSince(c)).toBe("2026-11-30T11:55:00.000Z");
});
