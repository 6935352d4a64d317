/** What happens at the lanes, to be heard: who waits, who was let in, who was refused, what a guard did, an alarm. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import type { Schema } from "../api/client";
import { boardQuery } from "../api/queries";
import { newsOf } from "../now/outcome";
import { play, type Sound } from "../ui/sound";

export interface Heard {
  waiting: ReadonlySet<string>;
  last: ReadonlySet<string>;
  alarms: ReadonlySet<string>;
  acts: ReadonlySet<string>;
}

/** An act and what is known of it: it is heard anew when that changes. */
function keyOf({ id, opened, detail }: Schema["Decided"]): string {
  return `${id} ${opened} ${detail}`;
}

export function heardOf(lanes: readonly Schema["Lane"][]): Heard {
  return {
    waiting: new Set(lanes.flatMap((lane) => lane.waiting.map(({ id }) => id))),
    last: new Set(lanes.flatMap((lane) => (lane.last ? [lane.last.id] : []))),
    alarms: new Set(lanes.flatMap((lane) => lane.alarms.map((kind) => `${lane.id} ${kind}`))),
    acts: new Set(lanes.flatMap(({ act }) => (act ? [keyOf(act)] : []))),
  };
}

/** The one sound for what is new since `before`; what needs the guard first. */
export function soundOf(lanes: readonly Schema["Lane"][], before: Heard): Sound | null {
  const now = heardOf(lanes);
  const acts = lanes.flatMap(({ act }) => (act && !before.acts.has(keyOf(act)) ? [newsOf(act)] : []));
  if (acts.includes("attention")) return "attention";
  if ([...now.waiting].some((id) => !before.waiting.has(id)) || [...now.alarms].some((alarm) => !before.alarms.has(alarm))) return "attention";
  const fresh = lanes.flatMap(({ last }) => (last && !last.waits && !before.last.has(last.id) && !before.waiting.has(last.id) ? [last] : []));
  if (acts.includes("deny") || fresh.some(({ outcome }) => outcome === "denied")) return "deny";
  return acts.includes("grant") || fresh.length > 0 ? "grant" : null;
}

export function useBoardSounds(): void {
  const { data: board } = useQuery(boardQuery);
  const before = useRef<Heard | null>(null);
  useEffect(() => {
    if (!board) return;
    const sound = before.current && soundOf(board.lanes, before.current);
    before.current = heardOf(board.lanes);
    if (sound) play(sound);
  }, [board]);
}
