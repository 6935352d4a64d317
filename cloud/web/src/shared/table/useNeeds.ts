/** What the columns' content takes in the rows that are drawn first: measured before they are painted, and then left alone. */

import { type RefObject, useLayoutEffect, useRef } from "react";

import { textScale } from "@/shared/ui/textScale";
import type { Column } from "./columns";

/** Of a cell, left and right. */
const PADDING_PX = 21;

interface Options {
  columns: readonly Pick<Column<never>, "id">[];
  /** Cells before the first column. */
  skipped: number;
  /** Which list it is: another may need other widths. */
  list: string;
  width: number;
  isDrawn: boolean;
  /** In the columns' order, px of a text of the usual size. */
  onNeeds: (needs: readonly number[]) => void;
}

export function useNeeds(body: RefObject<HTMLElement | null>, { columns, skipped, list, width, isDrawn, onNeeds }: Options): void {
  const latest = useRef(onNeeds);
  useLayoutEffect(() => {
    latest.current = onNeeds;
  });
  const shown = columns.map(({ id }) => id).join();
  const count = columns.length;
  useLayoutEffect(() => {
    if (!isDrawn || width === 0 || !body.current) return;
    const needs = new Array<number>(count).fill(0);
    const scale = textScale();
    const range = document.createRange();
    for (const row of body.current.querySelectorAll("tr[aria-rowindex]")) {
      for (const [place] of needs.entries()) {
        const cell = row.children[place + skipped];
        if (!cell) continue;
        range.selectNodeContents(cell);
        needs[place] = Math.max(needs[place] ?? 0, range.getBoundingClientRect().width / scale + PADDING_PX);
      }
    }
    latest.current(needs);
  }, [body, shown, count, skipped, list, width, isDrawn]);
}
