/** How wide an element is, px of a text of the usual size, known before it is painted for the first time; 0 while it is not there. */

import { useCallback, useState } from "react";

import { textScale } from "@/shared/ui/textScale";

export function useWidth(): [ref: (element: HTMLElement | null) => (() => void) | undefined, width: number] {
  const [width, setWidth] = useState(0);
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    const look = () => setWidth(element.clientWidth / textScale());
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
