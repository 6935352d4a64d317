/** Short words about what was done, at the edge of the screen; they go by themselves, mistakes later. */

import { useSyncExternalStore } from "react";

import classes from "./Notice.module.css";
import { Notice } from "./Notice";

interface Toast {
  id: number;
  tone: "good" | "bad" | "attention";
  words: string;
}

const STAYS_MS = { good: 4_000, attention: 10_000, bad: 10_000 };
const MOST = 3;
const listeners = new Set<() => void>();
let toasts: readonly Toast[] = [];
let count = 0;

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function say(tone: Toast["tone"], words: string): void {
  count += 1;
  const id = count;
  change([...toasts.slice(1 - MOST), { id, tone, words }]);
  setTimeout(() => change(toasts.filter((toast) => toast.id !== id)), STAYS_MS[tone]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className={classes["toasts"]} aria-live="polite">
      {shown.map(({ id, tone, words }) => (
        <Notice key={id} tone={tone}>
          {words}
        </Notice>
      ))}
    </div>
  );
}
