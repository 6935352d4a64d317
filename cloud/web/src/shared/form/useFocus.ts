/** Where the focus goes: back to what opened a dialog, and to the first field that was refused. */

import { type RefObject, useEffect, useRef, useState } from "react";

import { followFocus, isFocusLost, near } from "./followFocus";

/**
 * A dialog that is mounted open never saw its opener lose the focus: remember it before the dialog takes it.
 * Returns what to set false when the opener goes with what was done: a list holds a row still that has the focus, so it
 * waits for the row to be gone.
 */
export function useReturnFocus(): RefObject<boolean> {
  const [{ opener, places }] = useState(() => {
    const { activeElement } = document;
    return activeElement instanceof HTMLElement ? { opener: activeElement, places: near(activeElement) } : { opener: null, places: [] };
  });
  const isWanted = useRef(true);
  useEffect(
    () => () => {
      // After the dialog has let go of the focus.
      setTimeout(() => {
        if (!opener || !isFocusLost()) return;
        if (isWanted.current && opener.isConnected) opener.focus();
        followFocus(opener, places);
      });
    },
    [opener, places],
  );
  return isWanted;
}

const BAD = "[aria-invalid=true], [data-error=true]";

/** `refusals`: how often the form was refused. */
export function useRefusedFocus(refusals: number): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusals === 0) return;
    const field = form.current?.querySelector<HTMLElement>(`:is(input, textarea, button):is(${BAD})`);
    (field ?? form.current?.querySelector<HTMLElement>("[type=submit]"))?.focus();
  }, [refusals]);
  return form;
}
