/** Which rows others changed just now, so that a list can mark them without moving them. */

import { useCallback, useState } from "react";

import type { LiveEvent } from "@/shared/live/connection";
import { useLiveEvent } from "@/shared/live/LiveProvider";

const FRESH_MS = 4_000;

export function useFresh(kind: string): ReadonlySet<string> {
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useLiveEvent(
    useCallback(
      (event: LiveEvent) => {
        const { id } = event;
        if (event.kind !== kind || !id) return;
        setFresh((before) => new Set([...before, id]));
        setTimeout(() => setFresh((before) => new Set([...before].filter((other) => other !== id))), FRESH_MS);
      },
      [kind],
    ),
  );
  return fresh;
}
