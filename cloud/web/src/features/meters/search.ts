/** Meters and their charts as addresses. */

import { isId, type ListSearch, oneOf, parseListSearch, sensible } from "@/shared/api/page";
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

function moment(value: unknown): number | undefined {
  const number = Number(value);
  return value !== undefined && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

export function parseChartSearch(raw: Record<string, unknown>): ChartSearch {
  const known = {
    series: moment(raw["series"]),
    span: SPANS.find((span) => span === raw["span"]),
    step: STEPS.find((step) => step === raw["step"]),
    from: moment(raw["from"]),
    until: moment(raw["until"]),
  };
  return sensible(raw, known);
}

export const parseMeterSearch = (raw: Record<string, unknown>): MeterSearch => 
  parseListSearch(raw, { filters: { resource: oneOf(RESOURCES), site: isId }, sorts: ["name", "resource", "site"] });
