/**
 * Acts whose outcome is shown before the server has answered, for they nearly always succeed and harm nobody while they do not:
 * taking an alarm, ending a session, a name. Never money, never a gate. What fails is undone before one's eyes, with the reason.
 */

import { notifications } from "@mantine/notifications";
import { type QueryClient, type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";

import { useProblemText } from "@/shared/ui/Problem";

/** What a query holds, as it will be when the act has succeeded; itself, where nothing changes. */
export type Change<V> = (data: unknown, values: V) => unknown;

export interface Optimistic<V, R> {
  act: (values: V) => Promise<R>;
  /** First parts of the keys of all queries that show it. */
  keys: readonly QueryKey[];
  change: Change<V>;
  onDone?: (result: R, values: V) => void;
  /** What to say of a refusal beside its reason: what has been undone. */
  undone: string;
}

type Before = [QueryKey, unknown][];

/** Show the outcome; returns what was shown before. */
export async function foretell<V>(client: QueryClient, keys: readonly QueryKey[], change: Change<V>, values: V): Promise<Before> {
  // An answer that is on its way knows nothing of the act, and would undo it for a moment.
  await Promise.all(keys.map((queryKey) => client.cancelQueries({ queryKey })));
  const before = keys.flatMap((queryKey) => client.getQueriesData({ queryKey }));
  for (const [key, data] of before) if (data !== undefined) client.setQueryData(key, change(data, values));
  return before;
}

export function restore(client: QueryClient, before: Before): void {
  for (const [key, data] of before) client.setQueryData(key, data);
}

export function useOptimistic<V = void, R = unknown>({ act, keys, change, onDone, undone }: Optimistic<V, R>) {
  const client = useQueryClient();
  const textOf = useProblemText();
  return useMutation({
    mutationFn: act,
    onMutate: (values: V) => foretell(client, keys, change, values),
    onSuccess: (result, values) => onDone?.(result, values),
    onError: (error, _values, before) => {
      if (before) restore(client, before);
      notifications.show({ title: undone, message: textOf(error), color: "red", autoClose: false });
    },
    onSettled: () => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }))).then(() => undefined),
  });
}

interface Listed {
  items: { id: string }[];
  total: number;
}

function isListed(data: unknown): data is Listed {
  return typeof data === "object" && data !== null && "items" in data && Array.isArray(data.items);
}

/** The thing with this id as it will be, wherever it is shown: as a card or in a list. Null: it is gone from there. */
export function changed(data: unknown, id: string, how: (thing: Record<string, unknown>) => object | null): unknown {
  if (isListed(data)) {
    const items = data.items.flatMap((item) => (item.id === id ? (how(item as Record<string, unknown> & { id: string }) ?? []) : [item]));
    const left = data.items.length - items.length;
    return { ...data, items, ...("total" in data ? { total: data.total - left } : {}) };
  }
  if (typeof data === "object" && data !== null && "id" in data && data.id === id) return how(data) ?? data;
  return data;
}
