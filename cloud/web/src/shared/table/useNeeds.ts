/** What the columns' content takes in the rows that are drawn first: measured before they are painted, and then left alone. */

import { type RefObject, useLayoutEffect, useRef } from "react";

import { textScale } from "@/shared/ui/textScale";
import type { Column, Needs } from "./columns";

/** Of a cell, left and right. */
const PADDING_PX = 21;
/** Beside the title of a head that sorts. */
const ARROWS_PX = 17;
/** Longer words, as addresses of mail, are broken. */
const LONGEST_WORD_PX = 160;

interface Options {
  columns: readonly Pick<Column<never>, "id">[];
  /** Cells before the first column. */
  skipped: number;
  /** Which list it is: another may need other widths. */
  list: string;
  width: number;
  isDrawn: boolean;
  /** In px of a text of the usual size. */
  onNeeds: (needs: Needs) => void;
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
    latest.current(needsOf(body.current, count, skipped));
  }, [body, shown, count, skipped, list, width, isDrawn]);
}

function needsOf(body: HTMLElement, count: number, skipped: number): Needs {
  const table = body.closest("table");
  const lines = new Array<number>(count).fill(0);
  const words = new Array<number>(count).fill(0);
  const scale = textScale();
  const look = (into: number[], place: number, px: number, beside: number) => {
    if (px > 0) into[place] = Math.max(into[place] ?? 0, px / scale + beside);
  };
  table?.setAttribute("data-measured", "");
  for (const row of table?.rows ?? []) {
    if (!row.hasAttribute("aria-rowindex")) continue;
    for (const place of lines.keys()) {
      const cell = row.cells[place + skipped];
      if (!cell) continue;
      const isHead = cell.tagName === "TH";
      if (!isHead) look(lines, place, lineOf(cell), PADDING_PX);
      if (isHead || cell.hasAttribute("data-whole")) look(words, place, longestWordOf(cell, scale), PADDING_PX + (isHead && cell.hasAttribute("aria-sort") ? ARROWS_PX : 0));
    }
  }
  table?.removeAttribute("data-measured");
  return { lines: lines.map((px) => Math.max(px, PADDING_PX)), words };
}

function lineOf(cell: Element): number {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return range.getBoundingClientRect().width;
}

function longestWordOf(cell: Element, scale: number): number {
  const range = document.createRange();
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  let longest = 0;
  for (let text = texts.nextNode() as Text | null; text; text = texts.nextNode() as Text | null) {
    for (const { index, 0: word } of text.data.matchAll(/[^ \n]+/g)) {
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      longest = Math.max(longest, range.getBoundingClientRect().width);
    }
  }
  return Math.min(longest, LONGEST_WORD_PX * scale);
}
