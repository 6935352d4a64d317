/** A list that grows at its head while somebody looks at it. */

interface Item {
  id: string;
  at: string;
}

/** Where a list was looked at first: nothing newer is shown unasked. `id` "": nothing was there. */
export type Top = Item;

interface Looked<T> {
  items: readonly T[];
  more: boolean;
}

/** What happened so long before the newest may still change: who waits is decided on, a picture comes. */
const SETTLED_MS = 5 * 60_000;

export function unsettledSince(top: Top): string {
  return new Date(Date.parse(top.at) - SETTLED_MS).toISOString();
}

/** As the servers have them: by time, then by id. */
function isAfter(one: Item, other: Item): boolean {
  const ms = Date.parse(one.at) - Date.parse(other.at);
  return ms > 0 || (ms === 0 && one.id > other.id);
}

/** The lines that are shown and how many wait. `loaded`: page by page; `looked`: what happened since `unsettledSince`, as it is now. */
export function shown<T extends Item>(loaded: readonly T[], looked: Looked<T> | undefined, top: Top | undefined): { rows: readonly T[]; fresh: number } {
  if (!top) return { rows: loaded, fresh: 0 };
  const last = looked?.more ? looked.items.at(-1) : undefined;
  const edge = last ?? { at: unsettledSince(top), id: "~" };
  const older = looked ? loaded.filter((each) => isAfter(edge, each)) : loaded;
  const all = [...(looked?.items ?? []), ...older];
  const rows = all.filter((each) => !isAfter(each, top));
  return { rows, fresh: all.length - rows.length };
}
