/** Rows on a phone: a headline, a corner and lines, as the columns say; only the cards in the window are drawn. */

import { Box, Group, Text, UnstyledButton } from "@mantine/core";
import { memo, type MouseEvent, type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { ListSearch } from "@/shared/api/page";
import { isBlank } from "./blank";
import type { Column } from "./columns";
import type { ShownProps } from "./DataTable";
import classes from "./DataTable.module.css";
import { useVirtualRows } from "./useVirtualRows";

const CARD_PX = 118;
const GAP_PX = 8;

export function Cards<Row, S extends ListSearch>({ held, columns, rowKey, onOpen, list, marked, label, choice }: ShownProps<Row, S>) {
  const { t } = useTranslation();
  const { rows, offset, count, gone } = held;
  const body = useRef<HTMLUListElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const pinned = useMemo(() => (focused === null ? -1 : rows.findIndex((row) => rowKey(row) === focused)), [rows, focused, rowKey]);
  const keyAt = useCallback(
    (index: number) => {
      const row = rows[index - offset];
      return row === undefined ? `#${index}` : rowKey(row);
    },
    [rows, offset, rowKey],
  );
  const { virtualizer, items } = useVirtualRows({
    body,
    count,
    pinned: pinned < 0 ? -1 : pinned + offset,
    estimate: CARD_PX,
    gap: GAP_PX,
    keyAt,
    page: list.search.page ?? 1,
    reach: list.reach,
    onRest: (page) => list.change({ page: page > 1 ? page : undefined } as Partial<S>),
  });
  const top = virtualizer.options.scrollMargin;
  const choose = (key: string, row: Row) => {
    const next = new Map(choice?.chosen);
    if (!next.delete(key)) next.set(key, row);
    choice?.change(next);
  };
  const isCapped = list.pages.get(1)?.total_capped ?? false;
  return (
    <ul ref={body} className={classes["cards"]} data-choosing={choice !== undefined || undefined} style={{ height: virtualizer.getTotalSize() }} aria-label={label}>
      {items.map((item) => {
        const row = rows[item.index - offset];
        const key = String(item.key);
        return (
          <li
            key={key}
            ref={virtualizer.measureElement}
            data-index={item.index}
            aria-setsize={isCapped ? -1 : count}
            aria-posinset={item.index + 1}
            style={{ transform: `translateY(${item.start - top}px)` }}
            onFocus={() => setFocused(key)}
            onClick={() => row !== undefined && onOpen?.(row)}
          >
            {row === undefined ? (
              <div className={classes["card"]} style={{ height: CARD_PX }} aria-hidden />
            ) : (
              <>
                <Card
                  row={row}
                  columns={columns as readonly Column<unknown>[]}
                  opens={onOpen !== undefined}
                  isOpen={list.search.open === key}
                  isMarked={marked?.has(key) ?? false}
                  isGone={gone.has(key)}
                />
                {choice && (
                  <label className={classes["mark"]} onClick={stay}>
                    <input type="checkbox" aria-label={t("list.choose")} checked={choice.chosen.has(key)} onChange={() => choose(key, row)} />
                  </label>
                )}
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Choosing a card does not open it. */
function stay(event: MouseEvent): void {
  event.stopPropagation();
}

interface CardProps {
  row: unknown;
  columns: readonly Column<unknown>[];
  opens: boolean;
  isOpen: boolean;
  isMarked: boolean;
  isGone: boolean;
}

const Card = memo(function Card({ row, columns, opens, isOpen, isMarked, isGone }: CardProps) {
  const headline = columns.find((column) => column.phone === "headline") ?? columns[0];
  const corner = columns.find((column) => column.phone === "corner");
  const lines = columns.filter((column) => column.phone === "line");
  const content = (
    <>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <Box fw={600} miw={0} style={{ overflowWrap: "anywhere" }}>
          {headline?.render(row)}
        </Box>
        <Box maw="55%" ta="right" style={{ flexShrink: 0 }}>
          {corner?.render(row)}
        </Box>
      </Group>
      {lines.map((column) => (
        <Line key={column.id} title={column.title} value={column.render(row)} />
      ))}
    </>
  );
  const state = {
    className: classes["card"],
    "data-open": isOpen || undefined,
    "data-marked": isMarked || undefined,
    "data-gone": isGone || undefined,
  };
  // The click is heard by the item around it.
  return opens ? <UnstyledButton {...state}>{content}</UnstyledButton> : <div {...state}>{content}</div>;
});

/** A card shows what is known: a line without a value is left out. */
function Line({ title, value }: { title: string; value: ReactNode }) {
  if (isBlank(value)) return null;
  return (
    <Group gap={6} wrap="nowrap" align="baseline" mt={4} fz="sm">
      <Text span size="xs" c="dimmed" style={{ flexShrink: 0 }}>
        {title}
      </Text>
      <Box style={{ overflowWrap: "anywhere" }}>{value}</Box>
    </Group>
  );
}
