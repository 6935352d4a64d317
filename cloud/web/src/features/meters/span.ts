/** Which part of time a chart shows, and in which steps. */

import { type ChartSearch, MOST_MS, type Span, type Step, STEPS } from "./search";

const HOUR_MS = 3_600_000;
const SPAN_MS: Readonly<Record<Span, number>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 31 * 24 * HOUR_MS,
  year: MOST_MS,
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

/** The next step that has fewer points, where one has too many; the coarsest: none. */
export function coarser(step: Step): Step | undefined {
  return STEPS[STEPS.indexOf(step) + 1];
}

export type View = Pick<Window, "begin" | "end">;

/** How the shown part of time is moved. */
export const MOVES = ["earlier", "later", "closer", "farther"] as const;
export type Move = (typeof MOVES)[number];

const LEAST_MS = 5 * MINUTE_MS;

/**
 * Where a move leads: as much before or after, half or twice as much around the middle (half of what ends now: the newest),
 * never beyond now; null: nowhere.
 */
export function moved({ begin, end }: View, move: Move, now: Date): View | null {
  const [from, until, latest] = [begin.getTime(), end.getTime(), Math.max(end.getTime(), minuteAfter(now))];
  const wasMs = until - from;
  const isMs = move === "closer" ? Math.max(LEAST_MS, Math.round(wasMs / 2)) : move === "farther" ? Math.min(MOST_MS, wasMs * 2) : wasMs;
  const endsNow = latest - until <= MINUTE_MS;
  const middle = { earlier: from - wasMs / 2, later: until + wasMs / 2, closer: endsNow ? until - isMs / 2 : (from + until) / 2, farther: (from + until) / 2 }[move];
  const last = Math.min(Math.round(middle + isMs / 2), latest);
  return last === until && isMs === wasMs ? null : { begin: new Date(last - isMs), end: new Date(last) };
}

const minuteAfter = (now: Date) => Math.ceil(now.getTime() / MINUTE_MS) * MINUTE_MS;

/** The zoomed part, or the span that ends now; now is cut to the minute, so that a chart is asked for once a minute. */
export function windowOf(search: ChartSearch, now: Date): Window {
  if (search.from !== undefined && search.until !== undefined && search.from < search.until) {
    const step = search.step ?? stepFor(search.until - search.from);
    return { begin: new Date(search.from), end: new Date(search.until), step };
  }
  const spanMs = SPAN_MS[search.span ?? "day"];
  const end = new Date(minuteAfter(now));
  return { begin: new Date(end.getTime() - spanMs), end, step: search.step ?? stepFor(spanMs) };
}
