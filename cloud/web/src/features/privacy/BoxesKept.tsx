/** What each box told last of what it holds itself. */

import { Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { formatDate } from "@/shared/format/dates";
import { formatNumber } from "@/shared/format/numbers";
import { Age } from "@/shared/ui/Age";
import { RowCards, useIsPhone } from "@/shared/ui/RowCards";
import { Status } from "@/shared/ui/Status";
import type { BoxStanding } from "./api";

const COLUMNS = ["box", "kindLabel", "days", "oldest", "told", "proof"] as const;
type KnownKind = "passages" | "stills" | "visitors" | "notes" | "violations" | "passes" | "records";

export function BoxesKept({ boxes }: { boxes: readonly BoxStanding[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" component="section" mt="md">
      <Title order={2} fz={16}>
        {t("retention.boxes")}
      </Title>
      <Text size="sm" c="dimmed">
        {t(boxes.length > 0 ? "retention.boxesHint" : "retention.noBoxes")}
      </Text>
      {boxes.length > 0 && <Boxes boxes={boxes} />}
    </Stack>
  );
}

function Boxes({ boxes }: { boxes: readonly BoxStanding[] }) {
  const { t, i18n } = useTranslation();
  const isPhone = useIsPhone();
  const cell = (row: BoxStanding, column: (typeof COLUMNS)[number]) => {
    switch (column) {
      case "box":
        return `${row.site}, ${row.box}`;
      case "kindLabel":
        return t(`retention.kind.${row.kind as KnownKind}`);
      case "days":
        return row.days === null ? "—" : formatNumber(row.days, i18n.language);
      case "oldest":
        return row.oldest ? formatDate(new Date(row.oldest)) : row.at ? t("retention.nothing") : "—";
      case "told":
        return row.at ? <Age at={row.at} /> : t("retention.noRun");
      case "proof":
        return row.is_late ? <Status tone="attention">{t("retention.boxLate")}</Status> : <Status tone="good">{t("retention.kept")}</Status>;
    }
  };
  if (isPhone) {
    const cards = boxes.map((row) => ({
      id: `${row.box_id}${row.kind}`,
      name: `${row.site}, ${row.box}: ${t(`retention.kind.${row.kind as KnownKind}`)}`,
      status: cell(row, "proof"),
      facts: (["days", "oldest", "told"] as const).map((column) => [t(`retention.${column}`), cell(row, column)] as const),
      acts: null,
    }));
    return <RowCards label={t("retention.boxes")} rows={cards} />;
  }
  return (
    <Paper withBorder style={{ overflowX: "auto" }}>
      <Table aria-label={t("retention.boxes")} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {COLUMNS.map((column) => (
              <Table.Th key={column}>{t(`retention.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {boxes.map((row) => (
            <Table.Tr key={`${row.box_id}${row.kind}`}>
              {COLUMNS.map((column) => (
                <Table.Td key={column}>{cell(row, column)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
