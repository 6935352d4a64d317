import { expect, test } from "vitest";

import { parseChartSearch } from "./search";
import { moved, stepFor, windowOf } from "./span";

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

test("a part of time that no chart can show falls away", () => {
  const [from, until] = [Date.UTC(2026, 10, 21), Date.UTC(2026, 10, 22)];
  for (const [from, until] of [["1", "9007199254740991"], ["1", "2"], ["4102444799999", "4102444800000"], ["9007199254740000", "9007199254740991"], ["5", "4"], ["5", undefined]]) {
    expect(parseChartSearch({ from, until })).toEqual({});
  }
  expect(parseChartSearch({ from: `${from}`, until: `${until}` })).toEqual({ from, until });
});

const at = (time: string) => new Date(`2026-11-22T${time}:00Z`);
const shown = (from: string, until: string) => ({ begin: at(from), end: at(until) });

test("closer and farther keep the middle, earlier and later the length", () => {
  expect(moved(shown("04:00", "08:00"), "closer", NOW)).toEqual(shown("05:00", "07:00"));
  expect(moved(shown("05:00", "07:00"), "farther", NOW)).toEqual(shown("04:00", "08:00"));
  expect(moved(shown("04:00", "08:00"), "earlier", NOW)).toEqual(shown("00:00", "04:00"));
  expect(moved(shown("00:00", "04:00"), "later", NOW)).toEqual(shown("04:00", "08:00"));
});

test("of what ends now one comes closer to the newest", () => {
  expect(moved(shown("02:01", "10:01"), "closer", NOW)).toEqual(shown("06:01", "10:01"));
});

test("nothing is shown of what is still to come", () => {
  expect(moved(shown("08:00", "10:00"), "later", NOW)).toEqual(shown("08:01", "10:01"));
  expect(moved(shown("08:01", "10:01"), "later", NOW)).toBeNull();
  expect(moved(shown("08:01", "10:01"), "farther", NOW)).toEqual(shown("06:01", "10:01"));
});

test("a part is neither too short to hold readings nor longer than a year", () => {
  expect(moved(shown("08:00", "08:05"), "closer", NOW)).toBeNull();
  expect(moved(shown("08:00", "08:08"), "closer", NOW)).toEqual({ begin: new Date("2026-11-22T08:01:30Z"), end: new Date("2026-11-22T08:06:30Z") });
  expect(moved({ begin: new Date(at("08:00").getTime() - 366 * 86_400_000), end: at("08:00") }, "farther", NOW)).toBeNull();
});
