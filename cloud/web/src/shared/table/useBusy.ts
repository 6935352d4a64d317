/** Whether somebody is about to click in a part of the page: the pointer or the focus is there, or it was scrolled. */

import { type RefObject, useEffect, useRef, useState } from "react";

/** A pointer that was left lying in the list is nobody's hand: a screen on the wall must not stand still. */
const RESTING_MS = 30_000;
const SCROLLED_PX = 8;

export interface Busy {
  isBusy: boolean;
  /** For the element that holds the list. */
  handlers: {
    onPointerMove: () => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: () => void;
  };
}

export function useBusy(place: RefObject<HTMLElement | null>): Busy {
  const [isPointed, setPointed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const look = () => setScrolled(window.scrollY > SCROLLED_PX);
    look();
    window.addEventListener("scroll", look, { passive: true });
    return () => {
      window.removeEventListener("scroll", look);
      clearTimeout(rest.current);
    };
  }, []);

  const onPointerMove = () => {
    setPointed(true);
    clearTimeout(rest.current);
    rest.current = setTimeout(() => setPointed(false), RESTING_MS);
  };
  const onPointerLeave = () => {
    clearTimeout(rest.current);
    setPointed(false);
  };
  const onFocus = () => setFocused(true);
  const look = () => setFocused(place.current?.contains(document.activeElement) ?? false);
  // Where the focus goes is known only after it has left.
  const onBlur = () => void setTimeout(look);
  // What had the focus may be gone without having lost it.
  useEffect(() => {
    if (isFocused) look();
  });

  return { isBusy: isPointed || isFocused || isScrolled, handlers: { onPointerMove, onPointerLeave, onFocus, onBlur } };
}
