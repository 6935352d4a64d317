/** A press that began over one passage and ended over another is about neither. */

import { type MouseEvent, useRef } from "react";

/** `shown`: what stands under the finger now. */
export function usePress(shown: string | undefined) {
  const begun = useRef<string>(undefined);
  return {
    begin: () => {
      begun.current = shown;
    },
    /** A key presses a button without a pointer: its click has no detail. */
    ends: (act: () => void) => (event: MouseEvent) => {
      if (event.detail === 0 || begun.current === shown) act();
    },
  };
}
