/** The statistics as an address. */

import { checked, isId, oneOf, sensible } from "@/shared/api/page";
import { parseComplex } from "@/shared/complex/complex";
import { isDay } from "@/shared/format/dates";

export const SPANS = ["day", "week", "month", "year"] as const;
/** Of whole days that were chosen. */
export const DAYS = "days";

export interface StatisticsSearch {
  span?: string;
  /** The first and the last of the days. */
  from?: string;
  to?: string;
  site?: string;
  complex?: string;
}

export const parseStatisticsSearch = (raw: Record<string, unknown>): StatisticsSearch =>
  sensible(raw, {
    span: checked(raw["span"], oneOf([...SPANS, DAYS])),
    from: checked(raw["from"], isDay),
    to: checked(raw["to"], isDay),
    site: checked(raw["site"], isId),
    complex: parseComplex(raw).complex,
  });
