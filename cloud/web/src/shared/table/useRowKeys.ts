/** `j`/`k` and arrows move through the rows, Enter opens; the focus is the row's own. */

import { useHotkeys } from "@mantine/hooks";
import { type RefObject, useRef, useState } from "react";

interface RowKeys {
  body: RefObject<HTMLTableSectionElement | null>;
  isCurrent: (index: number) => boolean;
}

export function useRowKeys<Row>(rows: readonly Row[], onOpen?: (row: Row) => void): RowKeys {
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState(0);
  const isFocused = () => body.current?.contains(document.activeElement) ?? false;
  const move = (step: number) => {
    if (rows.length === 0) return;
    const next = isFocused() ? Math.max(0, Math.min(rows.length - 1, current + step)) : current;
    setCurrent(next);
    const row = body.current?.rows[next];
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  useHotkeys([
    ["j", () => move(1)],
    ["k", () => move(-1)],
    ["ArrowDown", () => isFocused() && move(1), { preventDefault: false }],
    ["ArrowUp", () => isFocused() && move(-1), { preventDefault: false }],
    [
      "Enter",
      () => {
        const row = rows[current];
        if (row !== undefined && document.activeElement === body.current?.rows[current]) onOpen?.(row);
      },
      { preventDefault: false },
    ],
  ]);
  return { body, isCurrent: (index) => index === Math.min(current, rows.length - 1) };
}
