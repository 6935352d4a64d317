/** What a list shows while somebody is about to click in it: the same rows in the same places, with what is new in them. */

export interface Steady<Row> {
  rows: Row[];
  /** How many rows wait. */
  waiting: number;
  /** Rows that no longer belong to the list. */
  gone: ReadonlySet<string>;
}

/**
 * `shown`: the rows as they stand; `fresh`: as the server has them now. Rows that new ones pushed off the page's end
 * are not gone.
 */
export function steady<Row>(shown: readonly Row[], fresh: readonly Row[], keyOf: (row: Row) => string): Steady<Row> {
  const now = new Map(fresh.map((row) => [keyOf(row), row]));
  const known = new Set(shown.map(keyOf));
  const waiting = fresh.filter((row) => !known.has(keyOf(row))).length;
  const lastStaying = shown.findLastIndex((row) => now.has(keyOf(row)));
  const pushedOff = Math.min(waiting, shown.length - 1 - lastStaying);
  const within = shown.slice(0, shown.length - pushedOff);
  const gone = new Set(within.map(keyOf).filter((key) => !now.has(key)));
  return { rows: shown.map((row) => now.get(keyOf(row)) ?? row), waiting, gone };
}
