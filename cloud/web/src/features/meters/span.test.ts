import { expect, test } from "vitest";

import { parseChartSearch } from "./search";
import { stepFor, windowOf } from "./span";

const NOW = new Date("2026-11-22T10:00:30Z");

test("a span ends at the coming minute", () => {
  const window = windowOf({ span: "day" }, NOW);
  expect(window.end.toISOString()).toBe("2026-11-22T10:01:00.000Z");
  expect(window.begin.toISOString()).toBe("2026-11-21T10:01:00.000Z");
  expect(window.step).toBe("hour");
});

test("a zoomed part chooses finer steps by itself, and keeps those that were chosen", () => {
  const from = Date.parse("2026-11-22T08:00:00Z");
  const until = Date.parse("2026-11-22T10:00:00Z");
  expect(windowOf({ span: "month", from, until }, NOW).step).toBe("raw");
  expect(windowOf({ from, until, step: "hour" }, NOW).step).toBe("hour");
});

test("a part that ends before it begins is no part", () => {
  expect(windowOf({ from: 2, until: 1 }, NOW).step).toBe(stepFor(86_400_000));
});

test("an address with nonsense is an address without it", () => {
  expect(parseChartSearch({ series: "17", span: "aeon", step: "hour", from: "-3", until: "x" })).toEqual({ series: 17, step: "hour" });
});
