/** Up and down move among rows, Enter opens; another search begins at its first place. */

import { useEffect, useRef, useState } from "react";

import { isDialogOpen } from "./typing";

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
/** Their own arrows choose a value. */
const CHOOSERS = "select, input[type=datetime-local], textarea";

/** `first`: the place that is chosen before a key was pressed, which Enter leaves to others; −1: none. */
export function useChosen<T>(rows: readonly T[], open: (row: T) => void, search: string, first: 0 | -1): number {
  const [chosen, setChosen] = useState<{ place: number; search: string }>({ place: first, search });
  const place = chosen.search === search ? Math.min(chosen.place, Math.max(first, rows.length - 1)) : first;
  const current = useRef({ rows, open, place });
  useEffect(() => {
    current.current = { rows, open, place };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { rows: shown, open: go, place: at } = current.current;
      const step = STEPS[event.key];
      if (isDialogOpen() || event.altKey || (event.target instanceof Element && event.target.matches(CHOOSERS))) return;
      if (step !== undefined) {
        event.preventDefault();
        setChosen({ place: Math.max(0, Math.min(shown.length - 1, at + step)), search });
        document.querySelectorAll("tbody tr")[at + step]?.scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter" && at > first && shown[at] && !(event.target instanceof HTMLAnchorElement)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        go(shown[at]);
      }
    };
    document.addEventListener("keydown", onKey, true);
    return () => document.removeEventListener("keydown", onKey, true);
  }, [search, first]);
  return place;
}
