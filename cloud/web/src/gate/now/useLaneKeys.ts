/** Function keys decide at the lane that has them: letters and digits belong to the search. */

import { useEffect, useRef } from "react";

import { isDialogOpen } from "../ui/typing";

interface Acts {
  confirm: () => void;
  refuse: () => void;
  open: () => void;
}

const KEYS: Record<string, keyof Acts> = { F2: "confirm", F4: "refuse", F8: "open" };

export function useLaneKeys(isOn: boolean, acts: Acts): void {
  const current = useRef(acts);
  useEffect(() => {
    current.current = acts;
  });
  useEffect(() => {
    if (!isOn) return;
    const onKey = (event: KeyboardEvent) => {
      const act = KEYS[event.key];
      if (!act || event.ctrlKey || event.altKey || event.metaKey || event.repeat || isDialogOpen()) return;
      event.preventDefault();
      current.current[act]();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isOn]);
}
