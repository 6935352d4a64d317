/** A page's rows that do not move from under the pointer: new ones wait until they are asked for or nobody is there. */

import { useState } from "react";

import type { ListSearch } from "@/shared/api/page";
import { type Steady, steady } from "./steady";
import type { List } from "./useList";

interface SteadyRows<Row> extends Steady<Row> {
  /** Show what waits. */
  take: () => void;
}

interface Shown<Row> {
  address: string;
  items: readonly Row[];
}

export function useSteadyRows<Row, S extends ListSearch>(
  { query, search }: List<Row, S>,
  keyOf: (row: Row) => string,
  isBusy: boolean,
): SteadyRows<Row> {
  const address = JSON.stringify({ ...search, open: undefined });
  const items = query.data?.items ?? NONE;
  const [shown, setShown] = useState<Shown<Row>>({ address, items });
  const isOther = !query.isPlaceholderData && shown.address !== address;
  const isFree = isOther || (!isBusy && !query.isPlaceholderData) || shown.items.length === 0;
  if (isFree && (shown.items !== items || isOther)) setShown({ address, items });
  const base = isFree ? items : shown.items;
  const current = query.isPlaceholderData ? base : items;
  return { ...steady(base, current, keyOf), take: () => setShown({ address, items }) };
}

const NONE: never[] = [];
