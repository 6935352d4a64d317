/** `j`/`k` and arrows move through the rows, Enter opens; the focus is the row's own, wherever it moves. */

import { type RefObject, useRef, useState } from "react";

import { useKeys } from "@/shared/keys/useKeys";

interface RowKeys {
  body: RefObject<HTMLTableSectionElement | null>;
  isCurrent: (key: string) => boolean;
  /** The row was reached by other means: a click, the tab key. */
  onReach: (key: string) => void;
}

/** `keys`: of the rows, as they stand. */
export function useRowKeys(keys: readonly string[], onOpen?: (index: number) => void): RowKeys {
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState<string | undefined>(undefined);
  const place = Math.max(0, current === undefined ? 0 : keys.indexOf(current));
  const isFocused = () => body.current?.contains(document.activeElement) ?? false;
  const move = (step: number) => {
    if (keys.length === 0) return;
    const next = isFocused() ? Math.max(0, Math.min(keys.length - 1, place + step)) : place;
    setCurrent(keys[next]);
    const row = body.current?.rows[next];
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  useKeys([
    ["j", () => move(1)],
    ["k", () => move(-1)],
    ["ArrowDown", () => isFocused() && move(1), { keepsDefault: true }],
    ["ArrowUp", () => isFocused() && move(-1), { keepsDefault: true }],
    [
      "Enter",
      () => {
        if (keys.length > 0 && document.activeElement === body.current?.rows[place]) onOpen?.(place);
      },
      { keepsDefault: true },
    ],
  ]);
  return { body, isCurrent: (key) => key === keys[place], onReach: setCurrent };
}
