/** What the server knows lives in one query client; a lost session leads to sign-in from anywhere. */

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { Problem } from "./problem";


const RETRIES = 3;

function mayRetry(failures: number, error: Error): boolean {
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
      queries: { staleTime: 10_000, retry: mayRetry, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}
