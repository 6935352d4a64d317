/** The row that was opened stays where it was pressed, though the rows above it grow as the card takes its room. */

import { type RefObject, useEffect, useRef } from "react";

/** Whatever changes later is not the card's doing. */
const HELD_MS = 1_000;

interface Pressed {
  row: Element;
  top: number;
  at: number;
}

/** Call what it returns with the row's index, when it is opened. */
export function useStill(body: RefObject<HTMLElement | null>): (index: number) => void {
  const pressed = useRef<Pressed | null>(null);
  useEffect(() => {
    // A group of rows is not observed.
    const table = body.current?.closest("table");
    if (!table) return undefined;
    const hold = () => {
      const { row, top, at } = pressed.current ?? {};
      if (!row?.isConnected || top === undefined || at === undefined || performance.now() - at > HELD_MS) return;
      const moved = row.getBoundingClientRect().top - top;
      if (Math.abs(moved) >= 1) window.scrollBy(0, moved);
    };
    const letGo = () => {
      pressed.current = null;
    };
    const observer = new ResizeObserver(hold);
    observer.observe(table);
    // The list scrolls, too, when rows above what is seen are measured anew.
    window.addEventListener("scroll", hold, { passive: true });
    window.addEventListener("wheel", letGo, { passive: true });
    window.addEventListener("keydown", letGo, { capture: true });
    return () => {
      observer.disconnect();
      window.removeEventListener("scroll", hold);
      window.removeEventListener("wheel", letGo);
      window.removeEventListener("keydown", letGo, { capture: true });
    };
  }, [body]);
  return (index) => {
    const row = body.current?.querySelector(`[data-index="${index}"]`);
    pressed.current = row ? { row, top: row.getBoundingClientRect().top, at: performance.now() } : null;
  };
}
