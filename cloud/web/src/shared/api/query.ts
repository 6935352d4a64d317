/** What the server knows lives in one query client; a lost session leads to sign-in from anywhere. */

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { Problem } from "./problem";

const RETRIES = 3;

/** A browser that knows itself to be without a network is believed: asking again would only put off saying so. */
function mayRetry(failures: number, error: Error): boolean {
  if (!navigator.onLine) return false;
  return error instanceof Problem && error.isTemporary && failures < RETRIES;
}

export function makeQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof Problem && error.status === 401) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // Never waiting for a network in silence: what cannot be had is said, and asked for again when the network is back.
      queries: { staleTime: 10_000, retry: mayRetry, refetchOnWindowFocus: true, refetchOnReconnect: true, networkMode: "always" },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
