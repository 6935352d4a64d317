/** What holds nothing to be read: a card leaves such a line out, a table a column that holds nothing else. */

import { type ReactNode, useMemo, useState } from "react";

import type { Column } from "./columns";

export function isBlank(value: ReactNode): boolean {
  return value === null || value === undefined || value === "" || typeof value === "boolean" || (Array.isArray(value) && value.every(isBlank));
}

/** Of these columns, those that hold something in any of the rows. */
export function filledOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  return columns.filter(({ render }) => rows.some((row) => !isBlank(render(row)))).map(({ id }) => id);
}

interface Held<Row> {
  rows: readonly Row[];
  /** They are still those of the list before. */
  isOther: boolean;
}

interface Seen {
  list: string;
  ids: readonly string[];
}

/**
 * The columns without those that are blank in every row so far; one that has shown something stays as long as the list
 * is the same, and so does the one that the list is ordered by. A list with nothing but blanks keeps them all.
 */
export function useFilled<Row>(columns: readonly Column<Row>[], held: Held<Row>, list: string, sort: string | undefined): readonly Column<Row>[] {
  const [seen, setSeen] = useState<Seen>({ list, ids: [] });
  const known = held.isOther || seen.list === list ? seen.ids : [];
  const isSorted = (column: Column<Row>) => column.sort !== undefined && column.sort === sort?.replace(/^-/, "");
  const unknown = columns.filter(({ id }) => !known.includes(id));
  const found = held.isOther ? [] : filledOf(unknown, held.rows);
  const ids = found.length > 0 ? [...known, ...found] : known;
  if (!held.isOther && (found.length > 0 || seen.list !== list)) setSeen({ list, ids });
  const left = columns.filter((column) => ids.includes(column.id) || isSorted(column)).map(({ id }) => id).join();
  return useMemo(() => {
    const filled = columns.filter(({ id }) => left.split(",").includes(id));
    return filled.length > 0 ? filled : columns;
  }, [columns, left]);
}
