/** Forms in which something is typed that is not sent yet: nobody is led away from them. */

import { useEffect } from "react";

const open = new Set<() => boolean>();

/** `isDirty`: asked when it matters. */
export function useUnsent(isDirty: () => boolean): void {
  useEffect(() => {
    open.add(isDirty);
    return () => void open.delete(isDirty);
  }, [isDirty]);
}

export function isAnythingUnsent(): boolean {
  return [...open].some((isDirty) => isDirty());
}
