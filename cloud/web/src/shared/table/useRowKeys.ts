/** `j`/`k` and arrows move through the rows, Enter opens; the focus is the row's own, wherever it moves. */

import { type RefObject, useLayoutEffect, useRef } from "react";

import { useKeys } from "@/shared/keys/useKeys";

interface Options {
  body: RefObject<HTMLElement | null>;
  /** The current row, from 0. */
  place: number;
  /** Rows that have content: from `first` up to, not with, `end`. */
  first: number;
  end: number;
  onMove: (index: number) => void;
  onOpen: (index: number) => void;
  /** Bring a row that is not drawn into view. */
  scrollTo: (index: number) => void;
}

export function useRowKeys({ body, place, first, end, onMove, onOpen, scrollTo }: Options): void {
  const awaited = useRef<number | null>(null);
  const rowAt = (index: number) => body.current?.querySelector<HTMLElement>(`[data-index="${index}"]`) ?? null;
  const isFocused = () => body.current?.contains(document.activeElement) ?? false;
  const focusAwaited = () => {
    const row = awaited.current === null ? null : rowAt(awaited.current);
    if (!row) return;
    awaited.current = null;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  // A row far away is drawn only once one has scrolled there.
  useLayoutEffect(focusAwaited);
  const move = (step: number) => {
    if (end <= first) return;
    const next = Math.max(first, Math.min(end - 1, isFocused() ? place + step : place));
    onMove(next);
    awaited.current = next;
    if (rowAt(next)) focusAwaited();
    else scrollTo(next);
  };
  useKeys([
    ["j", () => move(1)],
    ["k", () => move(-1)],
    ["ArrowDown", () => isFocused() && move(1), { keepsDefault: true }],
    ["ArrowUp", () => isFocused() && move(-1), { keepsDefault: true }],
    [
      "Enter",
      () => {
        if (document.activeElement === rowAt(place)) onOpen(place);
      },
      { keepsDefault: true },
    ],
  ]);
}
