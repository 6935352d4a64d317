/** Which part of time a chart shows, and in which steps. */

import type { ChartSearch, Span, Step } from "./search";

const HOUR_MS = 3_600_000;
const SPAN_MS: Readonly<Record<Span, number>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 31 * 24 * HOUR_MS,
  year: 366 * 24 * HOUR_MS,
};
const MINUTE_MS = 60_000;

export interface Window {
  begin: Date;
  end: Date;
  step: Step;
}

/** Steps that suit a span: neither three bars nor thousands. */
export function stepFor(spanMs: number): Step {
  if (spanMs <= 6 * HOUR_MS) return "raw";
  return spanMs <= 8 * 24 * HOUR_MS ? "hour" : "day";
}

/** The zoomed part, or the span that ends now; now is cut to the minute, so that a chart is asked for once a minute. */
export function windowOf(search: ChartSearch, now: Date): Window {
  if (search.from !== undefined && search.until !== undefined && search.from < search.until) {
    const step = search.step ?? stepFor(search.until - search.from);
    return { begin: new Date(search.from), end: new Date(search.until), step };
  }
  const spanMs = SPAN_MS[search.span ?? "day"];
  const end = new Date(Math.ceil(now.getTime() / MINUTE_MS) * MINUTE_MS);
  return { begin: new Date(end.getTime() - spanMs), end, step: search.step ?? stepFor(spanMs) };
}
