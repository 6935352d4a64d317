/** A form that writes a whole thing back is opened again before lists have come anew: it begins with the server's last answer. */

import type { QueryClient, QueryKey } from "@tanstack/react-query";

import { changed } from "./optimistic";

/** Put what the server answered in place of what these queries hold of it, until they are asked again. */
export function showSaved(client: QueryClient, queryKey: QueryKey, saved: { id: string }): void {
  client.setQueriesData({ queryKey }, (data: unknown) => changed(data, saved.id, (thing) => ({ ...thing, ...saved })));
}
