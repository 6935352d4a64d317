/** A list's columns, and each person's choice among them. */

import { type ReactNode, useMemo } from "react";

import { usePreference } from "@/shared/session/preferences";

export interface Column<Row> {
  id: string;
  title: string;
  /** Its title is for screen readers only. */
  isTitleHidden?: boolean;
  render: (row: Row) => ReactNode;
  /** The server's name of the sort, where the list can be sorted by it. */
  sort?: string;
  /** Pixels: a column that needs no more and can do with no less. */
  width?: number;
  /** Its share of what is left, beside other columns without a width; 1 unless given. */
  grow?: number;
  /** So that addresses and names are more than their first letters. */
  minWidth?: number;
  /** Names and addresses: where there is no room for one line they take more, instead of being cut. */
  isWhole?: boolean;
  align?: "left" | "right";
  /** On a phone a row is a card: its headline, its corner, or a line below; nothing given: left out. */
  phone?: "headline" | "corner" | "line";
  /** Not shown until chosen; a number: where the list is narrower than this, px, so that names beside it stay whole. */
  isExtra?: boolean | number;
}

const LEAST_WIDTH = 70;

/** Of numbers that count on for ever: seven digits are whole, alone or after a `№`. */
export const NUMBER_WIDTH = 84;
export const NAMED_NUMBER_WIDTH = 104;

interface Hidden extends Record<string, unknown> {
  hidden?: readonly string[];
}

/** `width`: of the list, px; 0 while it is not known. */
export function useColumns<Row>(listId: string, columns: readonly Column<Row>[], width: number) {
  const usual = columns.filter(({ isExtra }) => isExtra === true || (typeof isExtra === "number" && width > 0 && width < isExtra)).map(({ id }) => id);
  const [chosen, choose] = usePreference<Hidden>(`columns.${listId}`);
  const ids = columns.map(({ id }) => id);
  const hidden = hiddenOf(ids, chosen?.hidden, usual);
  const left = hidden.join();
  const shown = useMemo(() => columns.filter(({ id }) => !left.split(",").includes(id)), [columns, left]);
  const toggle = (id: string) => {
    if (!isLast(ids, hidden, id)) choose({ hidden: hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id] });
  };
  return { shown, hidden, toggle };
}

const leavesAny = (ids: readonly string[], hidden: readonly string[]) => ids.some((id) => !hidden.includes(id));

/** What was chosen, unless it leaves nothing to look at: columns come and go with releases. */
export function hiddenOf(ids: readonly string[], chosen: unknown, usual: readonly string[]): readonly string[] {
  return Array.isArray(chosen) && leavesAny(ids, chosen as string[]) ? (chosen as string[]) : usual;
}

/** The only column that is shown stays. */
export function isLast(ids: readonly string[], hidden: readonly string[], id: string): boolean {
  return !hidden.includes(id) && !leavesAny(ids, [...hidden, id]);
}

type Sized = Pick<Column<never>, "width" | "grow" | "minWidth">;

/** What columns take, px, in their order, as far as it is known. */
export interface Needs {
  /** Their content on one line. */
  lines: readonly number[];
  /** The longest word of the head, and of what may take several lines. */
  words: readonly number[];
}

const UNKNOWN: Needs = { lines: [], words: [] };

/**
 * How wide each column is, px: those with a width have it, the others share the rest by weight, none below its least or
 * beyond what it needs while another lacks. No word is broken where all can be whole.
 */
export function columnWidths(columns: readonly Sized[], room: number, { lines, words }: Needs = UNKNOWN): number[] {
  const rest = room - columns.reduce((sum, { width = 0 }) => sum + width, 0);
  const flexible = columns.flatMap(({ width, grow = 1, minWidth = LEAST_WIDTH }, place): Flexible[] => {
    if (width !== undefined) return [];
    const word = Math.max(minWidth, Math.ceil(words[place] ?? 0));
    return [{ place, grow, least: minWidth, word, need: Math.max(word, Math.ceil(lines[place] ?? Infinity)) }];
  });
  const breaksNone = flexible.reduce((sum, { word }) => sum + word, 0) <= rest;
  const shared = shareOut(breaksNone ? flexible.map((each) => ({ ...each, least: each.word })) : flexible, rest);
  return columns.map(({ width }, place) => width ?? shared.get(place) ?? LEAST_WIDTH);
}

interface Flexible {
  place: number;
  grow: number;
  least: number;
  word: number;
  need: number;
}

function shareOut(columns: readonly Flexible[], room: number): Map<number, number> {
  if (columns.length === 0) return new Map();
  const weight = columns.reduce((sum, { grow }) => sum + grow, 0);
  const extra = room - columns.reduce((sum, { need }) => sum + need, 0);
  if (extra >= 0) return new Map(columns.map(({ place, need, grow }) => [place, need + Math.floor((extra * grow) / weight)]));
  const share = ({ grow }: Flexible) => Math.floor((room * grow) / weight);
  const low = columns.filter((column) => share(column) < column.least);
  const high = columns.filter((column) => share(column) >= column.need);
  const lacking = low.reduce((sum, column) => sum + column.least - share(column), 0);
  const spare = high.reduce((sum, column) => sum + share(column) - column.need, 0);
  if (low.length + high.length === 0) return new Map(columns.map((column) => [column.place, share(column)]));
  // Who has their least, or all they need, is out of it; the others share again what that leaves them.
  const settled = new Map(lacking > spare ? low.map(({ place, least }) => [place, least]) : high.map(({ place, need }) => [place, need]));
  const taken = [...settled.values()].reduce((sum, each) => sum + each, 0);
  return new Map([...settled, ...shareOut(columns.filter(({ place }) => !settled.has(place)), room - taken)]);
}
