import { describe, expect, it } from "vitest";

import { movesOf, nextAt } from "./moves";

describe("what may be ordered", () => {
  const hold = { person: "Анна", reason: "переезд", since: "", until: "" };

  it("is what the kind can do", () => {
    expect(movesOf({ kind: "pulse", can_stop: false, hold: null })).toEqual(["open", "hold"]);
    expect(movesOf({ kind: "open_close", can_stop: true, hold: null })).toEqual(["open", "close", "stop", "hold"]);
    expect(movesOf({ kind: "hold", can_stop: false, hold: null })).toEqual(["open", "close", "hold"]);
  });

  it("is first of all to let go of what is held", () => {
    expect(movesOf({ kind: "open_close", can_stop: true, hold })).toEqual(["release", "open"]);
  });
});

describe("the end of a hold", () => {
  const now = new Date("2026-11-22T15:30:00Z"); // 18:30 in Moscow

  it("is today when the time is still to come, else tomorrow", () => {
    expect(nextAt("19:00", "Europe/Moscow", now).toISOString()).toBe("2026-11-22T16:00:00.000Z");
    expect(nextAt("18:30", "Europe/Moscow", now).toISOString()).toBe("2026-11-23T15:30:00.000Z");
    expect(nextAt("00:15", "Europe/Moscow", now).toISOString()).toBe("2026-11-22T21:15:00.000Z");
  });
});
