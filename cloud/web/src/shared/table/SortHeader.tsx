/** A column's head; a sortable one is a button that turns ascending, descending, the list's own order. */

import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";

import type { Column } from "./columns";
import classes from "./DataTable.module.css";

interface SortHeaderProps<Row> {
  column: Column<Row>;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
}

/** The next of: ascending → descending → the list's own order. */
export function nextSort(name: string, current: string | undefined): string | undefined {
  if (current === name) return `-${name}`;
  return current === `-${name}` ? undefined : name;
}

export function SortHeader<Row>({ column, sort, onSort }: SortHeaderProps<Row>) {
  const style = { textAlign: column.align ?? "left" } as const;
  const name = column.sort;
  if (!name) return <th scope="col" style={style}>{column.isTitleHidden ? <VisuallyHidden>{column.title}</VisuallyHidden> : column.title}</th>;
  const isUp = sort === name;
  const isDown = sort === `-${name}`;
  const Arrow = isUp ? IconArrowUp : isDown ? IconArrowDown : IconArrowsSort;
  return (
    <th scope="col" style={style} aria-sort={isUp ? "ascending" : isDown ? "descending" : "none"}>
      <UnstyledButton className={classes["sort"]} onClick={() => onSort(nextSort(name, sort))}>
        {column.title}
        <Arrow size={13} aria-hidden opacity={isUp || isDown ? 1 : 0.45} />
      </UnstyledButton>
    </th>
  );
}
