/** A series drawn: bars for what was consumed, a line for what was measured (with its least and most). Dragging zooms. */

import { Center, Text, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { formatNumber } from "@/shared/format/numbers";
import type { Chart } from "./api";
import { columnsOf, type Columns } from "./chartData";
import { unitText } from "@/shared/i18n/units";
import { textScale } from "@/shared/ui/textScale";
import { channelText } from "./words";

const HEIGHT = 320;
const COLOUR = { light: { line: "#2b4a8b", fill: "#2b4a8b40", axis: "#565f6b", grid: "#dde1e7" }, dark: { line: "#9db8f0", fill: "#9db8f040", axis: "#aab2bd", grid: "#323843" } };

interface SeriesChartProps {
  chart: Chart;
  onZoom: (from: number, until: number) => void;
}

export function SeriesChart({ chart, onZoom }: SeriesChartProps) {
  const { t, i18n } = useTranslation();
  const { ref: frame, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const zoom = useRef(onZoom);
  useEffect(() => {
    zoom.current = onZoom;
  }, [onZoom]);
  const scheme = useComputedColorScheme("light");
  const { language } = i18n;

  useEffect(() => {
    if (!place.current || width === 0 || chart.points.length === 0) return;
    const unit = unitText(chart.series.unit, language);
    const columns = columnsOf(chart);
    const options = chartOptions({ columns, chart, width, scheme, unit, language, whenLabel: t("gate.column.at"), bandLabel: (of) => t(`meters.column.${of}`), onZoom: (from, until) => zoom.current(from, until) });
    const plot = new uPlot(options, columns.data, place.current);
    return () => plot.destroy();
  }, [chart, width, scheme, language, t]);

  return (
    <div ref={frame}>
      {chart.points.length === 0 ? (
        <Center h={HEIGHT}>
          <Text c="dimmed">{t("meters.noReadings")}</Text>
        </Center>
      ) : (
        <div ref={place} style={{ height: HEIGHT }} role="img" aria-label={t("meters.chartLabel", { name: channelText(chart.series.channel, chart.series.name, t) })} data-testid="chart" />
      )}
    </div>
  );
}

interface OptionsInput {
  columns: Columns;
  chart: Chart;
  width: number;
  scheme: "light" | "dark";
  unit: string;
  language: string;
  whenLabel: string;
  bandLabel: (of: Columns["band"][number]) => string;
  onZoom: (from: number, until: number) => void;
}

function chartOptions({ columns, chart, width, scheme, unit, language, whenLabel, bandLabel, onZoom }: OptionsInput): uPlot.Options {
  const colour = COLOUR[scheme];
  const scale = textScale();
  const axis = { stroke: colour.axis, grid: { stroke: colour.grid, width: 1 }, ticks: { stroke: colour.grid, width: 1 }, font: `${12 * scale}px 'Inter Variable', sans-serif` };
  const value: uPlot.Series.Value = (_, raw) => (raw as number | null) === null ? "—" : formatNumber(raw, language);
  const bars = columns.isBars && uPlot.paths.bars ? { paths: uPlot.paths.bars({ size: [0.75, 60], align: 1 }), points: { show: false } } : {};
  return {
    width,
    height: HEIGHT - 30,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), chart.zone),
    cursor: { drag: { x: true, y: false, setScale: false }, y: false },
    scales: { x: { range: [Date.parse(chart.begin) / 1000, Date.parse(chart.end) / 1000] }, y: columns.isBars ? { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } : {} },
    axes: [{ ...axis, size: 50 * scale, space: 50 * scale, values: (_, ticks, __, ___, step) => axisLabels(ticks, step, chart.zone) }, { ...axis, size: 72 * scale, space: 30 * scale, values: (_, ticks) => ticks.map((tick) => formatNumber(tick, language)) }],
    series: [
      { label: whenLabel, value: (_, at) => (at as number | null) === null ? "" : moment(at, chart) },
      { label: unit, stroke: colour.line, fill: columns.isBars ? colour.fill : "transparent", width: 1.5, value, ...bars },
      ...columns.band.map((of) => ({ label: bandLabel(of), stroke: colour.fill, width: 1, value })),
    ],
    ...(columns.band.length > 0 ? { bands: [{ series: [3, 2] as [number, number], fill: colour.fill }] } : {}),
    hooks: {
      setSelect: [
        (plot) => {
          if (plot.select.width < 8) return;
          const from = Math.round(plot.posToVal(plot.select.left, "x") * 1000);
          const until = Math.round(plot.posToVal(plot.select.left + plot.select.width, "x") * 1000);
          onZoom(from, until);
        },
      ],
    },
  };
}

const two = (number: number) => String(number).padStart(2, "0");

const DAY_S = 86_400;

/**
 * Hours, with the day where it begins; or days only, where ticks are days apart. `step`: between two ticks, s. uPlot hands
 * over dates whose local fields are those of the series' zone.
 */
export function axisLabels(ticks: readonly number[], step: number, zone: string): string[] {
  return ticks.map((tick) => {
    const date = uPlot.tzDate(new Date(tick * 1000), zone);
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
    if (step < DAY_S && !isMidnight) return `${two(date.getHours())}:${two(date.getMinutes())}`;
    return `${two(date.getDate())}.${two(date.getMonth() + 1)}`;
  });
}

function moment(seconds: number, chart: Chart): string {
  const date = uPlot.tzDate(new Date(seconds * 1000), chart.zone);
  const day = `${two(date.getDate())}.${two(date.getMonth() + 1)}.${date.getFullYear()}`;
  return chart.resolution === "day" ? day : `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
