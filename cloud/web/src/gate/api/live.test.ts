import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { type LiveEvent, type LiveStatus, LiveStream } from "./live";

/** A connection that only the test moves. */
class Line extends EventTarget {
  static readonly CLOSED = 2;
  static all: Line[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;

  constructor() {
    super();
    Line.all.push(this);
  }

  close(): void {
    this.readyState = Line.CLOSED;
  }
}

const newest = () => Line.all.at(-1) as Line;
const events: LiveEvent[] = [];
const states: LiveStatus["state"][] = [];
let reloads = 0;
let stream: LiveStream;

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
  events.length = states.length = reloads = 0;
  vi.stubGlobal("EventSource", Line);
  const hears = { onEvent: (event: LiveEvent) => events.push(event), onReload: () => (reloads += 1), onStatus: ({ state }: LiveStatus) => states.push(state) };
  stream = new LiveStream("/gate/api/live", hears, () => new Date());
  stream.start();
  newest().onopen?.();
});

afterEach(() => {
  stream.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("what comes is told", () => {
  newest().onmessage?.({ data: '{"kind":"passage","id":null,"guard":null}' });
  expect(events).toEqual([{ kind: "passage", id: null, guard: null }]);
  newest().dispatchEvent(new Event("reload"));
  expect(reloads).toBe(1);
});

test("the browser's own retry goes on where it was", () => {
  newest().onerror?.();
  newest().onopen?.();
  expect(states).toEqual(["open", "lost", "open"]);
  expect(reloads).toBe(0);
  expect(Line.all).toHaveLength(1);
});

test("after a refusal a new line is opened, and everything asked for anew", () => {
  newest().close();
  newest().onerror?.();
  vi.advanceTimersByTime(1_500);
  expect(Line.all).toHaveLength(2);
  newest().onopen?.();
  expect(reloads).toBe(1);
});

test("a line that was stopped stays so", () => {
  newest().close();
  newest().onerror?.();
  stream.stop();
  vi.advanceTimersByTime(60_000);
  expect(Line.all).toHaveLength(1);
});
