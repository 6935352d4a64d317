/** The room of the bar on top: kept from the first paint where it was there last, else taken once no hand is moving. */

import { type RefObject, useEffect, useLayoutEffect, useState } from "react";

const KEY = "domovoy.urgent";
const AT_REST_MS = 1_000;

/** How high the bar was when it was seen last, px; 0: there was none. */
export function keptRoom(): number {
  return Number(localStorage.getItem(KEY) ?? 0) || 0;
}

/**
 * Whether the bar takes its room. Until then it lies over the page and lets clicks through: what somebody is about to
 * press stays where it is. `isShown` undefined: not known yet.
 */
export function useRoom(bar: RefObject<HTMLElement | null>, isShown: boolean | undefined): boolean {
  const [hasRoom, setRoom] = useState(() => keptRoom() > 0);
  useLayoutEffect(() => {
    if (isShown === undefined) return;
    if (isShown && bar.current) localStorage.setItem(KEY, String(bar.current.offsetHeight));
    else localStorage.removeItem(KEY);
  }, [isShown, bar]);
  useEffect(() => {
    if (isShown === undefined) return undefined;
    if (!isShown) return setRoom(false);
    const take = () => setRoom(true);
    let timer = setTimeout(take, AT_REST_MS);
    const onMove = () => {
      clearTimeout(timer);
      timer = setTimeout(take, AT_REST_MS);
    };
    window.addEventListener("pointermove", onMove, { passive: true });
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pointermove", onMove);
    };
  }, [isShown]);
  return hasRoom;
}
