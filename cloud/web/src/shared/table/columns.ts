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
  align?: "left" | "right";
  /** On a phone a row is a card: its headline, its corner, or a line below; nothing given: left out. */
  phone?: "headline" | "corner" | "line";
  /** Not shown until chosen; a number: where the list is narrower than this, px, so that names beside it stay whole. */
  isExtra?: boolean | number;
}

const LEAST_WIDTH = 70;

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

/**
 * How wide each column is, px: those with a width have it, the others share the rest by weight, none beyond what it
 * needs while another lacks. `needs`: what their content takes, where it is known.
 */
export function columnWidths(columns: readonly Sized[], room: number, needs: readonly (number | undefined)[] = []): number[] {
  const rest = room - columns.reduce((sum, { width = 0 }) => sum + width, 0);
  const flexible = columns.flatMap(({ width, grow = 1, minWidth = LEAST_WIDTH }, place) =>
    width === undefined ? [{ place, grow, least: minWidth, need: Math.max(minWidth, Math.ceil(needs[place] ?? Infinity)) }] : [],
  );
  const shared = shareOut(flexible, rest);
  return columns.map(({ width }, place) => width ?? shared.get(place) ?? LEAST_WIDTH);
}

interface Flexible {
  place: number;
  grow: number;
  least: number;
  need: number;
}

function shareOut(columns: readonly Flexible[], room: number): Map<number, number> {
  const weight = columns.reduce((sum, { grow }) => sum + grow, 0);
  const extra = room - columns.reduce((sum, { need }) => sum + need, 0);
  if (extra >= 0) return new Map(columns.map(({ place, need, grow }) => [place, need + Math.floor((extra * grow) / weight)]));
  const modest = columns.filter(({ need, grow }) => need <= (room * grow) / weight);
  if (modest.length === 0) return new Map(columns.map(({ place, least, grow }) => [place, Math.max(least, Math.floor((room * grow) / weight))]));
  // Who needs less than a fair share leaves the others more.
  const taken = modest.reduce((sum, { need }) => sum + need, 0);
  const others = shareOut(columns.filter((column) => !modest.includes(column)), room - taken);
  return new Map([...others, ...modest.map(({ place, need }): [number, number] => [place, need])]);
}
