/** Meters and their charts as addresses. */

import { isId, type ListSearch, oneOf, parseListSearch, sensible } from "@/shared/api/page";
import { EARLIEST_MS, LATEST_MS } from "@/shared/format/dates";
import { RESOURCES } from "./api";

export type MeterSearch = ListSearch & { resource?: string; site?: string };

export const SPANS = ["hour", "day", "week", "month", "year"] as const;
export type Span = (typeof SPANS)[number];
export const STEPS = ["raw", "hour", "day"] as const;
export type Step = (typeof STEPS)[number];

export interface ChartSearch {
  series?: number;
  span?: Span;
  step?: Step;
  /** A zoomed part, ms since 1970. */
  from?: number;
  until?: number;
}

/** The longest part of time that a chart shows. */
export const MOST_MS = 366 * 86_400_000;

function whole(value: unknown, least: number, most: number): number | undefined {
  const number = Number(value);
  return value !== undefined && Number.isInteger(number) && number >= least && number <= most ? number : undefined;
}

/** Both ends of a part of time that can be shown; else neither. */
function part(raw: Record<string, unknown>): Pick<ChartSearch, "from" | "until"> {
  const [from, until] = (["from", "until"] as const).map((end) => whole(raw[end], EARLIEST_MS, LATEST_MS - 1));
  const isPart = from !== undefined && until !== undefined && from < until && until - from <= MOST_MS;
  return isPart ? { from, until } : {};
}

export function parseChartSearch(raw: Record<string, unknown>): ChartSearch {
  const known = {
    series: whole(raw["series"], 1, Number.MAX_SAFE_INTEGER),
    span: SPANS.find((span) => span === raw["span"]),
    step: STEPS.find((step) => step === raw["step"]),
    from: undefined,
    until: undefined,
    ...part(raw),
  };
  return sensible(raw, known);
}

export const parseMeterSearch = (raw: Record<string, unknown>): MeterSearch => 
  parseListSearch(raw, { filters: { resource: oneOf(RESOURCES), site: isId }, sorts: ["name", "resource", "site"] });
