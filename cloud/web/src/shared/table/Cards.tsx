/** Rows on a phone: a headline, a corner and lines, as the columns say. */

import { Box, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";

import type { ListSearch } from "@/shared/api/page";
import type { ShownProps } from "./DataTable";
import classes from "./DataTable.module.css";

export function Cards<Row, S extends ListSearch>(props: ShownProps<Row, S>) {
  const { columns, rowKey, onOpen, list, marked, gone } = props;
  const headline = columns.find((column) => column.phone === "headline") ?? columns[0];
  const corner = columns.find((column) => column.phone === "corner");
  const lines = columns.filter((column) => column.phone === "line");
  return (
    <Stack gap={8} component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label={props.label}>
      {props.rows.map((row) => {
        const key = rowKey(row);
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
          "data-open": list.search.open === key || undefined,
          "data-marked": marked?.has(key) ? true : undefined,
          "data-gone": gone.has(key) || undefined,
        };
        return (
          <li key={key}>
            {onOpen ? (
              <UnstyledButton {...state} onClick={() => onOpen(row)}>
                {content}
              </UnstyledButton>
            ) : (
              <div {...state}>{content}</div>
            )}
          </li>
        );
      })}
    </Stack>
  );
}

/** A card shows what is known: a line without a value is left out. */
function Line({ title, value }: { title: string; value: ReactNode }) {
  if (value === null || value === undefined || value === "" || value === false) return null;
  return (
    <Group gap={6} wrap="nowrap" align="baseline" mt={4} fz="sm">
      <Text span size="xs" c="dimmed" style={{ flexShrink: 0 }}>
        {title}
      </Text>
      <Box style={{ overflowWrap: "anywhere" }}>{value}</Box>
    </Group>
  );
}
