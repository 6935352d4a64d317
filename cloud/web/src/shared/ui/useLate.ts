/** True only after `flag` has held for a while: a skeleton that flashes is worse than none. */

import { useEffect, useState } from "react";

export const SKELETON_AFTER_MS = 300;

export function useLate(flag: boolean, afterMs = SKELETON_AFTER_MS): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!flag) return setLate(false);
    const timer = setTimeout(() => setLate(true), afterMs);
    return () => clearTimeout(timer);
  }, [flag, afterMs]);
  return flag && isLate;
}
