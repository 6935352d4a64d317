/** A chart's points as the columns that are drawn. */

import type { AlignedData } from "uplot";

import type { Chart } from "./api";

export interface Columns {
  data: AlignedData;
  isBars: boolean;
  /** The least and the most, where a bucket has them. */
  band: readonly ("minimum" | "maximum")[];
}

/** A gap is a null: a line is never drawn over time that nobody measured. */
export function columnsOf(chart: Chart): Columns {
  const at = chart.points.map((point) => Date.parse(point.at) / 1000);
  const pick = (name: "value" | "consumption" | "minimum" | "maximum") => chart.points.map((point) => point[name] ?? null);
  if (chart.resolution === "raw") return { data: [at, pick("value")], isBars: false, band: [] };
  if (chart.series.kind === "counter") return { data: [at, pick("consumption")], isBars: true, band: [] };
  return { data: [at, pick("value"), pick("minimum"), pick("maximum")], isBars: false, band: ["minimum", "maximum"] };
}
