import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { STALE } from "./Live";
import { newerQuery, pastQuery } from "./queries";
import { refresh } from "./refresh";

test("an answer that was on its way when something changed is asked for again", async () => {
  const client = new QueryClient();
  const answers: ((data: string) => void)[] = [];
  const observer = new QueryObserver(client, { queryKey: ["report"], queryFn: () => new Promise<string>((done) => answers.push(done)) });
  const stop = observer.subscribe(() => undefined);
  refresh(client, [["report"]]);
  answers[0]?.("before the change");
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.("after it");
  await expect.poll(() => observer.getCurrentResult().data).toBe("after it");
  stop();
});

test("a passage makes no search of passages start anew, only the look for what came since", () => {
  const client = new QueryClient();
  const past = pastQuery({ q: "711" }, undefined).queryKey;
  const newer = newerQuery({ q: "711" }, "2026-11-30T11:55:00.000Z").queryKey;
  client.setQueryData(past, { pages: [], pageParams: [] });
  client.setQueryData(newer, { items: [], more: false, unreadable: 0, openings: [] });
  refresh(client, STALE.passage);
  expect(client.getQueryState(past)?.isInvalidated).toBe(false);
  expect(client.getQueryState(newer)?.isInvalidated).toBe(true);
});
