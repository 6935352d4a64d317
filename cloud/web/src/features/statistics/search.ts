/** The statistics as an address. */

import { checked, isId, oneOf, sensible } from "@/shared/api/page";
import { parseComplex } from "@/shared/complex/complex";

export const SPANS = ["day", "week", "month", "year"] as const;

export interface StatisticsSearch {
  span?: string;
  site?: string;
  complex?: string;
}

export const parseStatisticsSearch = (raw: Record<string, unknown>): StatisticsSearch =>
  sensible(raw, {
    span: checked(raw["span"], oneOf(SPANS)),
    site: checked(raw["site"], isId),
    complex: parseComplex(raw).complex,
  });
