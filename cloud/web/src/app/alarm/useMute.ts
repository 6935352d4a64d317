/** A mute holds for what is open now and for a quarter of an hour; what is raised meanwhile sounds. */

import { useEffect, useState } from "react";

const MUTE_MS = 15 * 60_000;

interface Mute {
  ids: ReadonlySet<string>;
  until: Date;
}

export function useMute(open: readonly string[]): { until: Date | null; mute: () => void; unmute: () => void } {
  const [muted, setMuted] = useState<Mute | null>(null);
  const isNew = muted !== null && open.some((id) => !muted.ids.has(id));
  useEffect(() => {
    if (muted === null) return;
    const timer = setTimeout(() => setMuted(null), muted.until.getTime() - Date.now());
    return () => clearTimeout(timer);
  }, [muted]);
  return {
    until: isNew ? null : (muted?.until ?? null),
    mute: () => setMuted({ ids: new Set(open), until: new Date(Date.now() + MUTE_MS) }),
    unmute: () => setMuted(null),
  };
}
