import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { showSaved } from "./saved";

test("what was saved stands wherever its queries show it, and nowhere else", () => {
  const client = new QueryClient();
  const before = { id: "a", readers: [] as string[] };
  const saved = { id: "a", readers: ["r"] };
  client.setQueryData(["points", "of", "site"], [before, { id: "b" }]);
  client.setQueryData(["points", "one", "a"], before);
  client.setQueryData(["lanes"], [before]);
  showSaved(client, ["points"], saved);
  expect(client.getQueryData(["points", "of", "site"])).toEqual([saved, { id: "b" }]);
  expect(client.getQueryData(["points", "one", "a"])).toEqual(saved);
  expect(client.getQueryData(["lanes"])).toEqual([before]);
});
