/** A list that is shown whole: a table; on a phone each row by its name, with what is known of it and what can be done. */

import { Group, Paper, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Facts } from "./Facts";

function useIsPhone(): boolean {
  return useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
}

export interface Part<Row> {
  title: string;
  show: (row: Row) => ReactNode;
  /** Where alone it stands; else in both. */
  only?: "table" | "card";
}

interface ShortTableProps<Row> {
  label: string;
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  name: {
    title: string;
    of: (row: Row) => string;
    /** In the table, where more than the name stands there. */
    show?: (row: Row) => ReactNode;
  };
  /** Beside the name in a card; before it in the table, if it has a title. */
  status?: { title?: string; show: (row: Row) => ReactNode };
  parts: readonly Part<Row>[];
  acts?: (row: Row) => ReactNode;
  /** Instead of a table without rows. */
  empty?: ReactNode;
  minWidth?: number;
}

export function ShortTable<Row>(props: ShortTableProps<Row>) {
  const isPhone = useIsPhone();
  if (props.rows.length === 0 && props.empty) return <Paper withBorder>{props.empty}</Paper>;
  return isPhone ? <Cards {...props} /> : <Whole {...props} />;
}

function Cards<Row>({ label, rows, rowKey, name, status, parts, acts }: ShortTableProps<Row>) {
  const shown = parts.filter(({ only }) => only !== "table");
  return (
    <Stack gap="xs" component="ul" aria-label={label} p={0} m={0} style={{ listStyle: "none" }}>
      {rows.map((row) => (
        <Paper key={rowKey(row)} withBorder p="sm" component="li">
          <Stack gap="xs">
            <Text fw={550} style={{ overflowWrap: "anywhere" }}>
              {name.of(row)}
            </Text>
            {status && <div>{status.show(row)}</div>}
            <Facts items={shown.map(({ title, show }) => [title, show(row)] as const)} />
            {acts && <Group gap="xs">{acts(row)}</Group>}
          </Stack>
        </Paper>
      ))}
    </Stack>
  );
}

function Whole<Row>({ label, rows, rowKey, name, status, parts, acts, minWidth = 640 }: ShortTableProps<Row>) {
  const { t } = useTranslation();
  const shown = parts.filter(({ only }) => only !== "card");
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={minWidth}>
        <Table aria-label={label} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              {status?.title && <Table.Th>{status.title}</Table.Th>}
              <Table.Th>{name.title}</Table.Th>
              {shown.map(({ title }) => (
                <Table.Th key={title}>{title}</Table.Th>
              ))}
              {acts && (
                <Table.Th>
                  <VisuallyHidden>{t("list.actions")}</VisuallyHidden>
                </Table.Th>
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={rowKey(row)}>
                {status?.title && <Table.Td>{status.show(row)}</Table.Td>}
                <Table.Td fw={550}>{name.show ? name.show(row) : name.of(row)}</Table.Td>
                {shown.map(({ title, show }) => (
                  <Table.Td key={title}>{show(row)}</Table.Td>
                ))}
                {acts && (
                  <Table.Td>
                    <Group gap={4} justify="flex-end" wrap="nowrap">
                      {acts(row)}
                    </Group>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
