import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";

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
