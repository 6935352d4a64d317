/** A list; one without anything in it is none, also for a screen reader. */

import type { ReactNode } from "react";

export function List<T>({ items, className, line }: { items: readonly T[]; className: string | undefined; line: (item: T) => ReactNode }) {
  return items.length > 0 ? <ul className={className}>{items.map(line)}</ul> : null;
}
