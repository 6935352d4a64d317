/** To which lane the function keys belong: the chosen one, else whoever waits, else the first. */

import { useEffect, useRef, useState } from "react";

import type { Schema } from "../api/client";
import { isDialogOpen } from "../ui/typing";

type Lane = Schema["Lane"];

/** A choice is for what is done next: after that the keys follow whoever waits. */
const CHOSEN_FOR_MS = 20_000;
const STEPS: Record<string, 1 | -1> = { ArrowLeft: -1, ArrowRight: 1 };

export function laneWithKeys(lanes: readonly Lane[], chosen: string | null): Lane | undefined {
  return lanes.find(({ id }) => id === chosen) ?? lanes.find(({ waiting }) => waiting.length > 0) ?? lanes[0];
}

/** The lane beside the one that has the keys; at the end it stays. */
export function beside(lanes: readonly Lane[], chosen: string | null, step: 1 | -1): Lane | undefined {
  const has = laneWithKeys(lanes, chosen);
  const place = lanes.findIndex((lane) => lane === has);
  return lanes[place + step] ?? has;
}

/** Arrows belong to the words of the search once there are any. */
function movesCaret({ target }: KeyboardEvent): boolean {
  return (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) && target.value !== "";
}

/** ← and → choose. */
export function useLaneChoice(lanes: readonly Lane[]): { withKeys: Lane | undefined; isChosen: boolean } {
  const [chosen, setChosen] = useState<{ id: string | null }>({ id: null });
  const step = useRef<(by: 1 | -1) => void>(() => undefined);
  useEffect(() => {
    step.current = (by) => setChosen({ id: beside(lanes, chosen.id, by)?.id ?? null });
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const by = STEPS[event.key];
      if (!by || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || isDialogOpen() || movesCaret(event)) return;
      event.preventDefault();
      step.current(by);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  useEffect(() => {
    if (chosen.id === null) return;
    const timer = setTimeout(() => setChosen({ id: null }), CHOSEN_FOR_MS);
    return () => clearTimeout(timer);
  }, [chosen]);
  return { withKeys: laneWithKeys(lanes, chosen.id), isChosen: chosen.id !== null };
}
