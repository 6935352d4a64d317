/** Rows that do not move from under the pointer: new ones wait until they are asked for or nobody is there. */

import { useMemo, useState } from "react";

import type { ListSearch } from "@/shared/api/page";
import { begin, countOf, next, type Pages, type Segment } from "./segment";
import { type Steady, steady } from "./steady";
import type { List } from "./useList";

export interface SteadyRows<Row> extends Steady<Row> {
  /** False: nothing is known of the list yet. */
  isKnown: boolean;
  /** The rows are still those of the list before; this one is on its way. */
  isOther: boolean;
  /** How many rows there are to scroll through, and the place of the first of `rows` among them. */
  count: number;
  offset: number;
  /** Show what waits. */
  take: () => void;
}

interface Shown<Row> {
  segment: Segment<Row> | null;
  pages: Pages<Row>;
  first: number;
  isHeld: boolean;
}

/** `keyOf`: the same for all of a list's life. */
export function useSteadyRows<Row, S extends ListSearch>(list: List<Row, S>, keyOf: (row: Row) => string, isHeld: boolean): SteadyRows<Row> {
  const { wanted, pages, reach } = list;
  const [key] = useState(() => keyOf);
  const [shown, setShown] = useState<Shown<Row>>({ segment: null, pages: NONE, first: 0, isHeld });
  let { segment } = shown;
  if (shown.pages !== pages || shown.first !== wanted.first || shown.isHeld !== isHeld) {
    segment = next(segment, wanted, pages, key, isHeld);
    setShown({ segment, pages, first: wanted.first, isHeld });
  }
  const isOther = segment !== null && segment.address !== wanted.address;
  const held = useMemo(() => (segment ? steady(segment, isOther ? (NONE as Pages<Row>) : pages, key) : { rows: [], waiting: 0, gone: NOTHING }), [segment, pages, key, isOther]);
  const count = segment ? (isOther ? segment.offset + segment.rows.length : countOf(segment, pages)) : 0;
  const take = () => {
    setShown({ segment: begin(wanted.address, 1, pages, key) ?? segment, pages, first: 1, isHeld });
    reach(0, 0);
  };
  return { ...held, isKnown: segment !== null, isOther, count, offset: segment?.offset ?? 0, take };
}

const NONE: Pages<never> = new Map();
const NOTHING: ReadonlySet<string> = new Set();
