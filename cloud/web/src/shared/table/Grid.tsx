/** The rows of a list as a table; its head stays in sight, and only the rows in the window are drawn. */

import { Paper } from "@mantine/core";
import { type ChangeEvent, type CSSProperties, type FocusEvent, Fragment, memo, type MouseEvent, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { ListSearch } from "@/shared/api/page";
import { rem, textScale } from "@/shared/ui/textScale";
import { type Column, columnWidths, type Needs } from "./columns";
import classes from "./DataTable.module.css";
import type { ShownProps } from "./DataTable";
import { SortHeader } from "./SortHeader";
import { useNeeds } from "./useNeeds";
import { useRowKeys } from "./useRowKeys";
import { useStill } from "./useStill";
import { useVirtualRows } from "./useVirtualRows";

const CHECK_WIDTH = 36;
const BORDERS = 2;
const ROW_PX = 36;

const widthOf = (px: number | undefined) => (px === undefined ? undefined : rem(px));

export function Grid<Row, S extends ListSearch>(props: ShownProps<Row, S> & { width: number }) {
  const { list, columns, choice, held, rowKey, width } = props;
  const { t } = useTranslation();
  const room = width - BORDERS - (choice ? CHECK_WIDTH : 0);
  const [needs, setNeeds] = useState<Needs>();
  const widths = width > 0 ? columnWidths(columns, room, needs) : [];
  const isWide = widths.reduce((sum, each) => sum + each, 0) > room;
  const allChosen = useMemo(() => choice !== undefined && held.rows.length > 0 && held.rows.every((row) => choice.chosen.has(rowKey(row))), [choice, held.rows, rowKey]);
  const chooseAll = () => {
    const next = new Map(choice?.chosen);
    for (const row of held.rows) {
      if (allChosen) next.delete(rowKey(row));
      else next.set(rowKey(row), row);
    }
    choice?.change(next);
  };
  const isCapped = list.pages.get(1)?.total_capped ?? false;
  return (
    <Paper withBorder className={classes["frame"]} data-wide={isWide || undefined}>
      <table className={classes["table"]} aria-label={props.label} aria-rowcount={isCapped ? -1 : held.count + 1}>
        <colgroup>
          {choice && <col style={{ width: rem(CHECK_WIDTH) }} />}
          {columns.map((column, index) => (
            <col key={column.id} style={{ width: widthOf(widths[index] ?? column.width) }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {choice && (
              <th scope="col" className={classes["check"]}>
                <input
                  ref={(box) => {
                    if (box) box.indeterminate = !allChosen && choice.chosen.size > 0;
                  }}
                  type="checkbox"
                  aria-label={t("list.chooseAll")}
                  checked={allChosen}
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
        <Rows {...props} onNeeds={setNeeds} />
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

function indexOf(target: EventTarget): number {
  return Number((target as Element).closest<HTMLElement>("[data-index]")?.dataset["index"] ?? -1);
}

type RowsProps<Row, S extends ListSearch> = ShownProps<Row, S> & { width: number; onNeeds: (needs: Needs) => void };

function Rows<Row, S extends ListSearch>({ held, columns, rowKey, onOpen, choice, list, marked, width, onNeeds }: RowsProps<Row, S>) {
  const { rows, offset, count, gone } = held;
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState<string | null>(null);
  const place = useMemo(() => (current === null ? -1 : rows.findIndex((row) => rowKey(row) === current)), [rows, current, rowKey]);
  const pinned = place < 0 ? -1 : place + offset;
  const rowAt = (index: number) => rows[index - offset];
  const keyAt = useCallback(
    (index: number) => {
      const row = rows[index - offset];
      return row === undefined ? `#${index}` : rowKey(row);
    },
    [rows, offset, rowKey],
  );
  const { virtualizer, items, before, after } = useVirtualRows({
    body,
    count,
    pinned,
    estimate: ROW_PX * textScale(),
    keyAt,
    page: list.search.page ?? 1,
    reach: list.reach,
    onRest: (page) => list.change({ page: page > 1 ? page : undefined } as Partial<S>),
  });
  useNeeds(body, { columns, skipped: choice ? 1 : 0, list: list.wanted.address, width, isDrawn: items.length > 0 && rows.length > 0, onNeeds });
  const still = useStill(body);
  const reached = pinned < 0 ? Math.max(offset, virtualizer.range?.startIndex ?? 0) : pinned;
  const open = (index: number) => {
    const row = rowAt(index);
    if (row === undefined || !onOpen) return;
    still(index);
    onOpen(row);
  };
  useRowKeys({ body, place: reached, first: offset, end: offset + rows.length, onMove: (index) => setCurrent(keyAt(index)), onOpen: open, scrollTo: (index) => virtualizer.scrollToIndex(index) });
  const choose = (event: ChangeEvent<HTMLTableSectionElement>) => {
    const row = rowAt(indexOf(event.target));
    if (!choice || row === undefined) return;
    const next = new Map(choice.chosen);
    if (!next.delete(rowKey(row))) next.set(rowKey(row), row);
    choice.change(next);
  };
  const onFocus = (event: FocusEvent<HTMLTableSectionElement>) => {
    const index = indexOf(event.target);
    if (rowAt(index) !== undefined) setCurrent(keyAt(index));
  };
  const style = { "--before": `${before}px`, "--after": `${after}px` } as CSSProperties;
  return (
    <tbody ref={body} className={classes["rows"]} style={style} onMouseOver={tellInFull} onClick={(event) => open(indexOf(event.target))} onFocus={onFocus} onChange={choose}>
      {items.map((item, nth) => {
        const row = rowAt(item.index);
        const key = String(item.key);
        const gap = nth === 0 ? 0 : item.start - (items[nth - 1]?.end ?? item.start);
        const columnCount = columns.length + (choice ? 1 : 0);
        return (
          <Fragment key={key}>
            {gap > 0 && (
              <tr aria-hidden className={classes["gap"]}>
                <td colSpan={columnCount} style={{ height: gap }} />
              </tr>
            )}
            {row === undefined ? (
              <tr ref={virtualizer.measureElement} data-index={item.index} aria-hidden className={classes["unloaded"]}>
                <td colSpan={columnCount}>
                  <span />
                </td>
              </tr>
            ) : (
              <TableRow
                row={row}
                index={item.index}
                columns={columns as readonly Column<unknown>[]}
                measure={virtualizer.measureElement}
                opens={onOpen !== undefined}
                isReached={item.index === reached}
                isOpen={list.search.open === key}
                isMarked={marked?.has(key) ?? false}
                isGone={gone.has(key)}
                isChosen={choice ? choice.chosen.has(key) : null}
              />
            )}
          </Fragment>
        );
      })}
    </tbody>
  );
}

interface TableRowProps {
  row: unknown;
  index: number;
  columns: readonly Column<unknown>[];
  measure: (element: HTMLElement | null) => void;
  opens: boolean;
  isReached: boolean;
  isOpen: boolean;
  isMarked: boolean;
  isGone: boolean;
  /** Null: this list is not for choosing. */
  isChosen: boolean | null;
}

/** Drawn again only when something of its own changes: scrolling draws but the rows that come into sight. */
const TableRow = memo(function TableRow({ row, index, columns, measure, opens, isReached, isOpen, isMarked, isGone, isChosen }: TableRowProps) {
  const { t } = useTranslation();
  return (
    <tr
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      tabIndex={opens && isReached ? 0 : -1}
      data-open={isOpen || undefined}
      data-marked={isMarked || undefined}
      data-opens={opens || undefined}
      data-gone={isGone || undefined}
    >
      {isChosen !== null && (
        <td className={classes["check"]} onClick={stay}>
          <input type="checkbox" aria-label={t("list.choose")} checked={isChosen} onChange={bubble} />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} data-whole={column.isWhole || undefined} style={{ textAlign: column.align ?? "left" }}>
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
});

/** Choosing a row does not open it. */
function stay(event: MouseEvent): void {
  event.stopPropagation();
}

/** The table hears it. */
function bubble(): void {}
