/** A line that ended with Enter opens what it finds, once it is found: the list may not have come yet. */

import { useSyncExternalStore } from "react";

export interface Wanted {
  q: string;
  /** A scanner's line opens a pass only when it is the one: of several the guard chooses. */
  alone: boolean;
}

const listeners = new Set<() => void>();
let wanted: Wanted | null = null;

function change(next: Wanted | null): void {
  wanted = next;
  for (const listener of listeners) listener();
}

export function openFirst(q: string, alone: boolean): void {
  change({ q, alone });
}

export function opened(): void {
  if (wanted !== null) change(null);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For which search the first of the list is to be opened. */
export function useWanted(): Wanted | null {
  return useSyncExternalStore(subscribe, () => wanted);
}
