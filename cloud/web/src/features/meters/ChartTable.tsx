/** The chart's numbers as a table: what a curve shows, exactly. */

import { Badge, Paper, ScrollArea, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { digitsOf, formatNumber } from "@/shared/format/numbers";
import type { Chart, ChartPoint } from "./api";
import { momentTexts } from "./moments";
import { unitText } from "@/shared/i18n/units";

type Shown = "consumption" | "value" | "minimum" | "maximum" | "count";

function shownColumns(chart: Chart): readonly Shown[] {
  if (chart.resolution === "raw") return ["value"];
  return chart.series.kind === "counter" ? ["consumption", "value", "count"] : ["value", "minimum", "maximum", "count"];
}

const MOST_ROWS = 500;

export function ChartTable({ chart }: { chart: Chart }) {
  const { t, i18n } = useTranslation();
  const unit = unitText(chart.series.unit, i18n.language);
  const columns = shownColumns(chart);
  const rows = chart.points.slice(-MOST_ROWS).reverse();
  const digits = Object.fromEntries(columns.map((name) => [name, digitsOf(rows.flatMap((row) => row[name] ?? []))]));
  const moments = momentTexts(rows.map(({ at }) => at), chart);
  if (rows.length === 0) return null;
  return (
    <Paper withBorder>
      <ScrollArea.Autosize mah={420} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("meters.table") }}>
        <Table stickyHeader verticalSpacing={4} aria-label={t("meters.table")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("gate.column.at")}</Table.Th>
              {columns.map((name) => (
                <Table.Th key={name} ta="right">
                  {t(`meters.column.${chart.series.kind === "gauge" && name === "value" && chart.resolution !== "raw" ? "average" : name}`)}
                  {name !== "count" && unit && `, ${unit}`}
                </Table.Th>
              ))}
              <Table.Th>{t("meters.notes")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((point, index) => (
              <Table.Tr key={point.at}>
                <Table.Td>{moments[index]}</Table.Td>
                {columns.map((name) => (
                  <Table.Td key={name} ta="right">
                    {typeof point[name] === "number" ? formatNumber(point[name], i18n.language, 3, digits[name]) : "—"}
                  </Table.Td>
                ))}
                <Table.Td>
                  <Notes point={point} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
    </Paper>
  );
}

function Notes({ point }: { point: ChartPoint }) {
  const { t } = useTranslation();
  const isBad = point.quality !== null && point.quality !== undefined && point.quality !== "good";
  return (
    <>
      {point.has_gap && (
        <Badge size="sm" variant="default" tt="none">
          {t("meters.gap")}
        </Badge>
      )}
      {point.resets > 0 && (
        <Badge size="sm" variant="default" tt="none">
          {t("meters.reset")}
        </Badge>
      )}
      {isBad && t(`meters.quality.${point.quality as "not_a_number"}`, { defaultValue: point.quality ?? "" })}
    </>
  );
}
