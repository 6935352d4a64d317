/** A list's columns, and each person's choice among them. */

import { useLocalStorage } from "@mantine/hooks";
import type { ReactNode } from "react";

export interface Column<Row> {
  id: string;
  title: string;
  /** Its title is for screen readers only. */
  isTitleHidden?: boolean;
  render: (row: Row) => ReactNode;
  /** The server's name of the sort, where the list can be sorted by it. */
  sort?: string;
  width?: number | string;
  /** So that addresses and names do not stand one word a line. */
  minWidth?: number;
  align?: "left" | "right";
  /** On a phone a row is a card: its headline, its corner, or a line below; nothing given: left out. */
  phone?: "headline" | "corner" | "line";
  /** Not shown until chosen. */
  isExtra?: boolean;
}

export function useColumns<Row>(listId: string, columns: readonly Column<Row>[]) {
  const [hidden, setHidden] = useLocalStorage<string[]>({
    key: `domovoy.columns.${listId}`,
    defaultValue: columns.filter((column) => column.isExtra).map((column) => column.id),
    getInitialValueInEffect: false,
  });
  const toggle = (id: string) =>
    setHidden((before) => (before.includes(id) ? before.filter((other) => other !== id) : [...before, id]));
  return { shown: columns.filter((column) => !hidden.includes(column.id)), hidden, toggle };
}
