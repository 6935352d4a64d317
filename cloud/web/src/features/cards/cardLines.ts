/** Cards as they stand in a spreadsheet or come from a reader: one a line, the number, then the label. */

import { withoutControls } from "@/shared/credentials/typed";

export interface CardLine {
  text: string;
  label: string;
}

/** What parts a label from its number: a tab, as between cells, or a semicolon. A comma stands within numbers. */
const PART = /[\t;]/;

/** Lines with something in them, by where they stand, from 1. */
export function linesOf(typed: string): Map<number, CardLine> {
  const lines = new Map<number, CardLine>();
  typed.split(/\r?\n/).forEach((line, index) => {
    const [text = "", ...rest] = line.split(PART).map((part) => withoutControls(part).trim());
    const label = rest.filter(Boolean).join(" ");
    if (text || label) lines.set(index + 1, { text, label });
  });
  return lines;
}

/** The lines that are left to be mended, as they were typed. */
export function only(typed: string, lines: ReadonlySet<number>): string {
  return typed.split(/\r?\n/).filter((_, index) => lines.has(index + 1)).join("\n");
}
