import { onlineManager } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";

import { Problem } from "./problem";
import { makeQueryClient } from "./query";

afterEach(() => {
  vi.unstubAllGlobals();
  onlineManager.setOnline(true);
});

test("without a network a list fails at once, with the reason: it neither waits nor asks again", async () => {
  vi.stubGlobal("navigator", { onLine: false });
  onlineManager.setOnline(false);
  const ask = vi.fn(() => Promise.reject(Problem.network(null)));
  const asked = makeQueryClient(() => undefined).query({ queryKey: ["passes"], queryFn: ask });
  await expect(asked).rejects.toMatchObject({ code: Problem.NETWORK });
  expect(ask).toHaveBeenCalledTimes(1);
});

test("an act without a network fails instead of waiting for one", async () => {
  onlineManager.setOnline(false);
  const client = makeQueryClient(() => undefined);
  const act = client.getMutationCache().build(client, { mutationFn: () => Promise.reject(Problem.network(null)) });
  await expect(act.execute(undefined)).rejects.toMatchObject({ code: Problem.NETWORK });
});
