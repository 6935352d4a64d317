/** Asking anew for what has changed. */

import type { QueryClient, QueryKey } from "@tanstack/react-query";

/** Also of what is on its way for the first time: its answer may have been written before the change. */
export function refresh(client: QueryClient, keys: readonly QueryKey[]): void {
  for (const queryKey of keys) {
    const isFirst = client.getQueryCache().findAll({ queryKey }).some(({ state }) => state.data === undefined && state.fetchStatus === "fetching");
    void client.invalidateQueries({ queryKey }).then(() => (isFirst ? client.invalidateQueries({ queryKey }) : undefined));
  }
}
