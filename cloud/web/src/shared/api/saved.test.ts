import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { showSaved } from "./saved";

test("what was saved stands wherever its queries show it, and nowhere else", () => {
  const client = new QueryClient();
  const before = { id: "a", readers: [] as string[] };
  const saved = { id: "a", readers: ["r"] };
  client.setQueryData(["points", "of", "site"], [before, { id: "b" }]);
  client.setQueryData(["points", "one", "a"], before);
  client.setQueryData(["points", "page"], { items: [before], total: 1 });
  client.setQueryData(["lanes"], [before]);
  showSaved(client, ["points"], saved, "id");
  expect(client.getQueryData(["points", "of", "site"])).toEqual([saved, { id: "b" }]);
  expect(client.getQueryData(["points", "one", "a"])).toEqual(saved);
  expect(client.getQueryData(["points", "page"])).toEqual({ items: [saved], total: 1 });
  expect(client.getQueryData(["lanes"])).toEqual([before]);
});

test("what is named otherwise is found by that, and keeps what the answer does not have", () => {
  const client = new QueryClient();
  client.setQueryData(["policies"], [{ point_id: "p", point: "Gate", kinds: null }, { point_id: "q", kinds: null }]);
  showSaved(client, ["policies"], { point_id: "p", kinds: ["guest"] }, "point_id");
  expect(client.getQueryData(["policies"])).toEqual([{ point_id: "p", point: "Gate", kinds: ["guest"] }, { point_id: "q", kinds: null }]);
});
