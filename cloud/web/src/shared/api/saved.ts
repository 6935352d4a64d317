/** A form that writes a whole thing back is opened again before lists have come anew: it begins with the server's last answer. */

import type { QueryClient, QueryKey } from "@tanstack/react-query";

/** Put what the server answered in place of what these queries hold of it, until they are asked again. `by`: what names it. */
export function showSaved<T extends object>(client: QueryClient, queryKey: QueryKey, saved: T, by: keyof T & string): void {
  const put = (data: unknown): unknown => {
    if (Array.isArray(data)) return data.map(put);
    if (typeof data !== "object" || data === null) return data;
    if ("items" in data) return { ...data, items: put(data.items) };
    return (data as Record<string, unknown>)[by] === saved[by] ? { ...data, ...saved } : data;
  };
  client.setQueriesData({ queryKey }, put);
}
