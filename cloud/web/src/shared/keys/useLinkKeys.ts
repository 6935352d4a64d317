/** `j`/`k` move through the links of a part of the page; Enter is a link's own. */

import type { RefObject } from "react";

import { useKeys } from "./useKeys";

export function useLinkKeys(place: RefObject<HTMLElement | null>): void {
  const move = (step: number) => {
    const links = [...(place.current?.querySelectorAll<HTMLElement>("a[href]") ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
  };
  useKeys([
    ["j", () => move(1)],
    ["k", () => move(-1)],
  ]);
}
