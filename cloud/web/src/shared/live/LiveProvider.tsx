/** Live events make what is shown stale; whoever wants more listens by `useLiveEvent`. */

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useState, useSyncExternalStore } from "react";

import { LiveConnection, type LiveEvent, type LiveStatus, RELOAD, SIGNED_OUT } from "./connection";

const Live = createContext<LiveConnection | null>(null);

interface LiveProviderProps {
  url: string;
  /** Kind of event → the first parts of the query keys that it makes stale. */
  stale: Readonly<Record<string, readonly string[]>>;
  children: ReactNode;
}

export function LiveProvider({ url, stale, children }: LiveProviderProps) {
  const client = useQueryClient();
  const [connection, setConnection] = useState<LiveConnection | null>(null);

  useEffect(() => {
    const live = new LiveConnection(url, () => Date.now());
    const forget = live.onEvent((event) => {
      if (event.kind === RELOAD || event.kind === SIGNED_OUT) void client.invalidateQueries();
      for (const key of stale[event.kind] ?? []) void client.invalidateQueries({ queryKey: [key] });
    });
    live.start();
    setConnection(live);
    return () => {
      forget();
      live.stop();
    };
  }, [client, url, stale]);

  return <Live value={connection}>{children}</Live>;
}

const IDLE: LiveStatus = { state: "connecting", since: 0 };
const never = () => () => undefined;

export function useLiveStatus(): LiveStatus {
  const connection = use(Live);
  return useSyncExternalStore(connection?.onStatus ?? never, () => connection?.status ?? IDLE);
}

/** Calls `listener` for each live event; give it a stable function. */
export function useLiveEvent(listener: (event: LiveEvent) => void): void {
  const connection = use(Live);
  useEffect(() => connection?.onEvent(listener), [connection, listener]);
}
