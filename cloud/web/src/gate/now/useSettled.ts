/** Whether what is shown has been shown for long enough to be what a press means. */

import { useEffect, useState } from "react";

/** A hand that is on its way to the button, or presses twice, means whoever stood there when it set out: a second press
 * of a double one comes within half a second, and nobody reads a plate and answers for it sooner than this. */
export const SETTLES_MS = 700;

/** False from the moment in which something else is shown. Null: nothing is. */
export function useSettled(shown: string | null): boolean {
  const [settled, setSettled] = useState<string | null>(null);
  useEffect(() => {
    if (shown === null) return;
    const timer = setTimeout(() => setSettled(shown), SETTLES_MS);
    return () => {
      clearTimeout(timer);
      setSettled(null);
    };
  }, [shown]);
  return shown !== null && settled === shown;
}
