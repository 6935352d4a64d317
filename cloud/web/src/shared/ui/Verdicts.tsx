/** What will become of each line of a list that was brought as a whole: how many are right, then line by line. */

import { Badge, Group, ScrollArea, Stack, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

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

const HEIGHT = 280;

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
      <ScrollArea.Autosize mah={HEIGHT} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("passes.table.verdicts") }}>
        <Table verticalSpacing={4} aria-label={t("passes.table.verdicts")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("passes.table.line")}</Table.Th>
              <Table.Th miw="7.5em">{head}</Table.Th>
              <Table.Th>{t("passes.table.verdict")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.map((row) => (
              <Table.Tr key={row.line}>
                <Table.Td>{row.line}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{row.what || "—"}</Table.Td>
                <Table.Td {...(row.isGood ? {} : { c: "var(--domovoy-denied)" })}>{row.told}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
    </Stack>
  );
}
