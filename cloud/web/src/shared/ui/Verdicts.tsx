/** What will become of each line of a list that was brought as a whole: how many are right, then line by line. */

import { Badge, Box, Group, ScrollArea, Stack, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { rem } from "./textScale";
import classes from "./Verdicts.module.css";

export interface VerdictRow {
  line: number;
  what: string;
  isGood: boolean;
  told: ReactNode;
}

interface VerdictsProps {
  rows: readonly VerdictRow[];
  good: number;
  /** What the lines are about. */
  head: string;
  /** What becomes of lines with faults, or that there is nothing to do. */
  hint: string;
  /** Between the counts and the lines. */
  children?: ReactNode;
}

const HEIGHT_PX = 280;

export function Verdicts({ rows, good, head, hint, children }: VerdictsProps) {
  const { t } = useTranslation();
  const faulty = rows.length - good;
  const sorted = [...rows].sort((one, other) => Number(one.isGood) - Number(other.isGood) || one.line - other.line);
  return (
    <Stack gap="xs">
      <Group gap="xs" role="status">
        <Badge color="teal" variant="light" size="lg" tt="none">
          {t("passes.table.good", { count: good })}
        </Badge>
        {faulty > 0 && (
          <Badge color="red" variant="light" size="lg" tt="none">
            {t("passes.table.faulty", { count: faulty })}
          </Badge>
        )}
        {(faulty > 0 || good === 0) && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
      </Group>
      {children}
      <Box className={classes["room"]}>
        <ScrollArea.Autosize mah={rem(HEIGHT_PX)} type="auto" offsetScrollbars="present" viewportProps={{ tabIndex: 0, "aria-label": t("passes.table.verdicts") }}>
          {/* Its roles are said, for where it is no table to look at. */}
          <Table className={classes["table"]} role="table" verticalSpacing={4} aria-label={t("passes.table.verdicts")}>
            <Table.Thead role="rowgroup">
              <Table.Tr role="row">
                <Table.Th role="columnheader">{t("passes.table.line")}</Table.Th>
                <Table.Th role="columnheader">{head}</Table.Th>
                <Table.Th role="columnheader">{t("passes.table.verdict")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody role="rowgroup">
              {sorted.map((row) => (
                <Table.Tr key={row.line} role="row">
                  <Table.Td role="cell">{row.line}</Table.Td>
                  <Table.Td role="cell" className={classes["what"]}>
                    {row.what || "—"}
                  </Table.Td>
                  <Table.Td role="cell" className={classes["told"]} data-faulty={!row.isGood || undefined}>
                    {row.told}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      </Box>
    </Stack>
  );
}
