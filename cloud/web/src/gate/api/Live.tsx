/** The live stream of the page: what its events make stale, and whether the server is heard. */

import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useState } from "react";

import { type LiveEvent, type LiveStatus, LiveStream } from "./live";
import { meQuery } from "./queries";
import { refresh } from "./refresh";

const URL = "/gate/api/live";

/** By what an event is about: what must be asked for anew if it is shown. */
export const STALE: Record<LiveEvent["kind"], readonly QueryKey[]> = {
  board: [["board"], ["report"]],
  passage: [["board"], ["passages"], ["passage"], ["pass"], ["report"]],
  passes: [["passes"], ["pass"], ["board"]],
  visits: [["visits"], ["board"], ["report"]],
  violations: [["violations"], ["report"]],
  shift: [["me"], ["shifts"], ["report"]],
  link: [["board"]],
};

const Status = createContext<LiveStatus | null>(null);

export function Live({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [status, setStatus] = useState<LiveStatus | null>(null);
  useEffect(() => {
    const hears = {
      onEvent: ({ kind }: LiveEvent) => refresh(client, STALE[kind]),
      onReload: () => refresh(client, [[]]),
      onStatus: (next: LiveStatus) => {
        setStatus(next);
        // Whether the session has ended, too, is what a refused stream may mean.
        if (next.state === "lost") refresh(client, [meQuery.queryKey]);
      },
    };
    const stream = new LiveStream(URL, hears, () => new Date());
    stream.start();
    return () => stream.stop();
  }, [client]);
  return <Status value={status}>{children}</Status>;
}

/** Null: not known yet. */
export function useLiveStatus(): LiveStatus | null {
  return use(Status);
}
