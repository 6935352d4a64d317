import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { changed, foretell, restore } from "./optimistic";

const list = { items: [{ id: "a", state: "open" }, { id: "b", state: "open" }], total: 2, next: null };

test("a thing is changed wherever it is shown", () => {
  const take = (data: unknown) => changed(data, "a", (thing) => ({ ...thing, state: "taken" }));
  expect(take(list)).toEqual({ ...list, items: [{ id: "a", state: "taken" }, { id: "b", state: "open" }] });
  expect(take({ id: "a", state: "open" })).toEqual({ id: "a", state: "taken" });
  expect(take({ id: "b", state: "open" })).toEqual({ id: "b", state: "open" });
  expect(take({ open: 3 })).toEqual({ open: 3 });
});

test("what goes is gone from lists and their count, and stays as a card", () => {
  const drop = (data: unknown) => changed(data, "b", () => null);
  expect(drop(list)).toEqual({ ...list, items: [{ id: "a", state: "open" }], total: 1 });
  expect(drop({ items: [{ id: "b" }] })).toEqual({ items: [] });
  expect(drop({ id: "b" })).toEqual({ id: "b" });
});

test("the outcome is shown at once, and undone to what was there", async () => {
  const client = new QueryClient();
  client.setQueryData(["alarms", "list", 1], list);
  client.setQueryData(["passes", "list", 1], list);
  const before = await foretell(client, [["alarms"]], (data, id: string) => changed(data, id, () => null), "a");
  expect(client.getQueryData(["alarms", "list", 1])).toMatchObject({ total: 1 });
  expect(client.getQueryData(["passes", "list", 1])).toBe(list);
  restore(client, before);
  expect(client.getQueryData(["alarms", "list", 1])).toEqual(list);
});

test("an answer that was on its way does not undo it", async () => {
  const client = new QueryClient();
  client.setQueryData(["alarms"], list);
  let arrive: (data: typeof list) => void = () => undefined;
  const asked = client.query({ queryKey: ["alarms"], queryFn: () => new Promise<typeof list>((done) => (arrive = done)) }).catch(() => undefined);
  await foretell(client, [["alarms"]], (data) => changed(data, "a", () => null), undefined);
  arrive(list);
  await asked;
  expect(client.getQueryData(["alarms"])).toMatchObject({ total: 1 });
});
