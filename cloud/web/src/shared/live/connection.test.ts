import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { LiveConnection } from "./connection";

/** A connection that only the test moves. */
class Line extends EventTarget {
  static readonly CLOSED = 2;
  static all: Line[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    super();
    Line.all.push(this);
  }

  close(): void {
    this.readyState = Line.CLOSED;
  }

  say(name: string, id = "", data = "{}"): void {
    this.dispatchEvent(Object.assign(new Event(name), { lastEventId: id, data }));
  }
}

const newest = () => Line.all.at(-1) as Line;
let live: LiveConnection;

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
  vi.stubGlobal("EventSource", Line);
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("window", new EventTarget());
  live = new LiveConnection("/api/stream", () => Date.now());
  live.start();
  newest().onopen?.();
  newest().say("ready", "7");
});

afterEach(() => {
  live.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a line that says nothing is lost since it was last heard, and another is taken up after the last event", () => {
  vi.advanceTimersByTime(15_000);
  newest().say("beat");
  const heardAt = Date.now();
  vi.advanceTimersByTime(34_000);
  expect(live.status.state).toBe("open");
  vi.advanceTimersByTime(2_000);
  expect(live.status).toEqual({ state: "lost", since: heardAt });
  expect(Line.all.map(({ readyState }) => readyState)).toEqual([Line.CLOSED, 1]);
  expect(newest().url).toBe("/api/stream?after=7");
});

test("beats keep a quiet line alive", () => {
  for (let beat = 0; beat < 8; beat += 1) {
    vi.advanceTimersByTime(15_000);
    newest().say("beat");
  }
  expect(live.status.state).toBe("open");
  expect(Line.all).toHaveLength(1);
});

test("a new line that hangs is given up, too", () => {
  vi.advanceTimersByTime(36_000);
  vi.advanceTimersByTime(36_000);
  expect(Line.all).toHaveLength(3);
  expect(live.status.state).toBe("lost");
  newest().onopen?.();
  expect(live.status.state).toBe("open");
});

test("without a network the line is lost at once; with it, taken up at once", () => {
  window.dispatchEvent(new Event("offline"));
  expect(live.status.state).toBe("lost");
  vi.advanceTimersByTime(120_000);
  expect(Line.all).toHaveLength(1);
  window.dispatchEvent(new Event("online"));
  expect(Line.all).toHaveLength(2);
});
