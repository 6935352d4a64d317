/** The list of all desks: dense rows, sorting, keyboard, bulk choice; on a phone the rows are cards. */

import { Button, Checkbox, Paper, Skeleton, Stack } from "@mantine/core";
import { useElementSize, useMediaQuery } from "@mantine/hooks";
import { type MouseEvent, type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { ListSearch } from "@/shared/api/page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { useLate } from "@/shared/ui/useLate";
import { Cards } from "./Cards";
import { type Column, columnWidths, useColumns } from "./columns";
import classes from "./DataTable.module.css";
import { ListFooter } from "./ListFooter";
import { SortHeader } from "./SortHeader";
import { useBusy } from "./useBusy";
import type { List } from "./useList";
import { useRowKeys } from "./useRowKeys";
import { useSteadyRows } from "./useSteadyRows";

/** Chosen rows by their keys: they stay chosen when the list shows others. */
export interface Choice<Row> {
  chosen: ReadonlyMap<string, Row>;
  change: (chosen: ReadonlyMap<string, Row>) => void;
}

export interface DataTableProps<Row, S extends ListSearch> {
  id: string;
  label: string;
  list: List<Row, S>;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  empty: ReactNode;
  /** Without it rows do not open. */
  onOpen?: (row: Row) => void;
  choice?: Choice<Row>;
  /** Changed just now by others: marked, not moved. */
  marked?: ReadonlySet<string>;
}

export function DataTable<Row, S extends ListSearch>(props: DataTableProps<Row, S>) {
  const { query, search } = props.list;
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const isWaiting = useLate(query.isPending);
  const place = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize<HTMLDivElement>();
  const { shown, hidden, toggle } = useColumns(props.id, props.columns, width);
  const { isBusy, handlers } = useBusy(place);
  const isBeyond = (search.page ?? 1) > 1;
  const { rows, waiting, gone, take } = useSteadyRows(props.list, props.rowKey, isBusy || isBeyond);

  if (query.isError && !query.data) {
    return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (!query.data) return isWaiting ? <Skeletons /> : <div style={{ minHeight: 400 }} />;
  if (rows.length === 0) return isBeyond ? <Skeletons /> : <Paper withBorder>{props.empty}</Paper>;
  const takeAll = () => {
    take();
    if (isBeyond) props.list.change({ page: undefined } as Partial<S>);
    place.current?.scrollIntoView({ block: "start" });
  };
  return (
    <Stack gap="xs">
      {query.isError && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      <div ref={place} className={classes["place"]} {...handlers}>
        <div className={classes["waiting"]} role="status">
          {(waiting > 0 || gone.size > 0) && (
            <Button size="compact-xs" radius="xl" onClick={takeAll}>
              {waiting > 0 ? t("list.waiting", { count: waiting }) : t("action.refresh")}
            </Button>
          )}
        </div>
        <div ref={measured}>
          {isPhone ? (
            <Cards {...props} rows={rows} gone={gone} />
          ) : (
            <Grid {...props} rows={rows} gone={gone} columns={shown} width={width} />
          )}
        </div>
      </div>
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

export type ShownProps<Row, S extends ListSearch> = DataTableProps<Row, S> & { rows: readonly Row[]; gone: ReadonlySet<string> };

const CHECK_WIDTH = 36;
const BORDERS = 2;

function Grid<Row, S extends ListSearch>(props: ShownProps<Row, S> & { width: number }) {
  const { list, columns, choice, rows, rowKey, width } = props;
  const { t } = useTranslation();
  const allChosen = choice !== undefined && rows.every((row) => choice.chosen.has(rowKey(row)));
  const chooseAll = () => {
    const next = new Map(choice?.chosen);
    for (const row of rows) {
      if (allChosen) next.delete(rowKey(row));
      else next.set(rowKey(row), row);
    }
    choice?.change(next);
  };
  const widths = width > 0 ? columnWidths(columns, width - BORDERS - (choice ? CHECK_WIDTH : 0)) : [];
  return (
    <Paper withBorder className={classes["frame"]}>
      <table className={classes["table"]} aria-label={props.label}>
        <colgroup>
          {choice && <col style={{ width: CHECK_WIDTH }} />}
          {columns.map((column, index) => (
            <col key={column.id} style={{ width: widths[index] ?? column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {choice && (
              <th className={classes["check"]}>
                <Checkbox
                  size="xs"
                  aria-label={t("list.chooseAll")}
                  checked={allChosen}
                  indeterminate={!allChosen && choice.chosen.size > 0}
                  onChange={chooseAll}
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

/** What is cut short in a cell is told in full when the pointer rests on it. */
function tellInFull(event: MouseEvent<HTMLTableSectionElement>): void {
  const cell = (event.target as Element).closest("td");
  if (!cell) return;
  if (cell.scrollWidth > cell.clientWidth) cell.title = cell.innerText;
  else cell.removeAttribute("title");
}

function Rows<Row, S extends ListSearch>(props: ShownProps<Row, S>) {
  const { rows, columns, rowKey, onOpen, choice, list, marked, gone } = props;
  const { t } = useTranslation();
  const keys = rows.map(rowKey);
  const { body, isCurrent, onReach } = useRowKeys(keys, (index) => {
    const row = rows[index];
    if (row !== undefined) onOpen?.(row);
  });
  const chooseOne = (key: string, row: Row) => {
    if (!choice) return;
    const next = new Map(choice.chosen);
    if (!next.delete(key)) next.set(key, row);
    choice.change(next);
  };
  return (
    <tbody ref={body} onMouseOver={tellInFull}>
      {rows.map((row, index) => {
        const key = keys[index] ?? "";
        return (
          <tr
            key={key}
            tabIndex={onOpen && isCurrent(key) ? 0 : -1}
            data-open={list.search.open === key || undefined}
            data-marked={marked?.has(key) ? true : undefined}
            data-opens={onOpen ? true : undefined}
            data-gone={gone.has(key) || undefined}
            onFocus={() => onReach(key)}
            onClick={() => onOpen?.(row)}
          >
            {choice && (
              <td className={classes["check"]} onClick={(event) => event.stopPropagation()}>
                <Checkbox size="xs" aria-label={t("list.choose")} checked={choice.chosen.has(key)} onChange={() => chooseOne(key, row)} />
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
