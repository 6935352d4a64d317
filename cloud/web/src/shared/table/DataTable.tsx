/** The list of all desks: dense rows, sorting, keyboard, bulk choice; on a phone the rows are cards. */

import { Checkbox, Paper, Skeleton, Stack } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { ListSearch } from "@/shared/api/page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { useLate } from "@/shared/ui/useLate";
import { Cards } from "./Cards";
import { type Column, useColumns } from "./columns";
import classes from "./DataTable.module.css";
import { ListFooter } from "./ListFooter";
import { SortHeader } from "./SortHeader";
import type { List } from "./useList";
import { useRowKeys } from "./useRowKeys";

export interface DataTableProps<Row, S extends ListSearch> {
  id: string;
  label: string;
  list: List<Row, S>;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  empty: ReactNode;
  /** Without it rows do not open. */
  onOpen?: (row: Row) => void;
  choice?: { chosen: ReadonlySet<string>; change: (chosen: Set<string>) => void };
  /** Changed just now by others: marked, not moved. */
  marked?: ReadonlySet<string>;
}

export function DataTable<Row, S extends ListSearch>(props: DataTableProps<Row, S>) {
  const { query } = props.list;
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const isWaiting = useLate(query.isPending);
  const { shown, hidden, toggle } = useColumns(props.id, props.columns);

  if (query.isError && !query.data) {
    return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (!query.data) return isWaiting ? <Skeletons /> : <div style={{ minHeight: 400 }} />;
  if (query.data.items.length === 0 && (props.list.search.page ?? 1) === 1) {
    return <Paper withBorder>{props.empty}</Paper>;
  }
  const rows = query.data.items;
  return (
    <Stack gap="xs">
      {query.isError && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {isPhone ? <Cards {...props} rows={rows} /> : <Grid {...props} rows={rows} columns={shown} />}
      <ListFooter list={props.list} columns={props.columns} hidden={hidden} onToggle={toggle} isPhone={isPhone} />
    </Stack>
  );
}

function Skeletons() {
  return (
    <Paper withBorder p="sm" aria-busy>
      <Stack gap={12}>
        {Array.from({ length: 10 }, (_, index) => (
          <Skeleton key={index} height={20} />
        ))}
      </Stack>
    </Paper>
  );
}

function Grid<Row, S extends ListSearch>(props: DataTableProps<Row, S> & { rows: Row[] }) {
  const { list, columns, choice, rows, rowKey } = props;
  const { t } = useTranslation();
  const keys = rows.map(rowKey);
  const allChosen = choice !== undefined && keys.every((key) => choice.chosen.has(key));
  return (
    <Paper withBorder className={classes["frame"]}>
      <table className={classes["table"]} aria-label={props.label}>
        <thead>
          <tr>
            {choice && (
              <th className={classes["check"]}>
                <Checkbox
                  size="xs"
                  aria-label={t("list.chooseAll")}
                  checked={allChosen}
                  indeterminate={!allChosen && choice.chosen.size > 0}
                  onChange={() => choice.change(allChosen ? new Set() : new Set(keys))}
                />
              </th>
            )}
            {columns.map((column) => (
              <SortHeader
                key={column.id}
                column={column}
                sort={list.search.sort}
                onSort={(sort) => list.change({ sort } as Partial<S>)}
              />
            ))}
          </tr>
        </thead>
        <Rows {...props} />
      </table>
    </Paper>
  );
}

function Rows<Row, S extends ListSearch>(props: DataTableProps<Row, S> & { rows: Row[] }) {
  const { rows, columns, rowKey, onOpen, choice, list, marked } = props;
  const { t } = useTranslation();
  const keys = rows.map(rowKey);
  const { body, isCurrent } = useRowKeys(rows, onOpen);
  const chooseOne = (key: string) => {
    if (!choice) return;
    const next = new Set(choice.chosen);
    if (!next.delete(key)) next.add(key);
    choice.change(next);
  };
  return (
    <tbody ref={body}>
      {rows.map((row, index) => {
        const key = keys[index] ?? "";
        return (
          <tr
            key={key}
            tabIndex={onOpen && isCurrent(index) ? 0 : -1}
            data-open={list.search.open === key || undefined}
            data-marked={marked?.has(key) ? true : undefined}
            data-opens={onOpen ? true : undefined}
            onClick={() => onOpen?.(row)}
          >
            {choice && (
              <td className={classes["check"]} onClick={(event) => event.stopPropagation()}>
                <Checkbox size="xs" aria-label={t("list.choose")} checked={choice.chosen.has(key)} onChange={() => chooseOne(key)} />
              </td>
            )}
            {columns.map((column) => (
              <td key={column.id} style={{ textAlign: column.align ?? "left" }}>
                {column.render(row)}
              </td>
            ))}
          </tr>
        );
      })}
    </tbody>
  );
}
