import { describe, expect, test } from "vitest";

import type { Schema } from "../api/client";
import type { Words } from "../i18n";
import { newsOf, outcomeOf, soundOf, whyOf } from "./outcome";

const AT = "2026-11-28T10:00:05Z";
const SOON = Date.parse(AT) + 2_000;

function decided(changed: Partial<Schema["Decided"]> = {}): Schema["Decided"] {
  return { id: "d", at: AT, guard: { id: "g", name: "Иванов" }, verdict: "open", reason: "police", note: "", opened: null, detail: "", blacklisted: false, point: null, point_name: "", direction: null, plate: null, pass_number: "", ...changed };
}

describe("what became of a decision", () => {
  test.each([
    [{ verdict: "refuse" as const }, "refused", "deny"],
    [{ opened: true }, "opened", "grant"],
    [{ opened: false, detail: "expired" }, "failed", "attention"],
    [{ verdict: "confirm" as const, opened: false }, "failed", "attention"],
    [{ detail: "nothing_to_open" }, "recorded", "grant"],
    [{ detail: "the box was restarted: whether it opened is not known" }, "unknown", "attention"],
  ])("%o is %s", (changed, outcome, sound) => {
    expect(outcomeOf(decided(changed), SOON)).toBe(outcome);
    expect(soundOf(decided(changed))).toBe(sound);
  });

  test("nothing is promised while it is under way, and it is not under way for ever", () => {
    expect(outcomeOf(decided(), SOON)).toBe("pending");
    expect(soundOf(decided({ at: new Date().toISOString() }))).toBeNull();
    expect(outcomeOf(decided(), SOON + 60_000)).toBe("unknown");
  });
});

test("an act is heard once for what became of it, whoever tells it first", () => {
  const act = (changed: Partial<Schema["Decided"]>) => decided({ id: "heard", at: new Date().toISOString(), ...changed });
  expect([newsOf(act({})), newsOf(act({ opened: true })), newsOf(act({ opened: true })), newsOf(act({ opened: false }))]).toEqual([null, "grant", null, "attention"]);
});

test("why it did not open is said in the guard's words", () => {
  const t = ((key: string) => key) as Words;
  expect(whyOf({ detail: "Шина: no free connection in time" }, t)).toBe("now.because.device");
  expect(whyOf({ detail: "late: the grant was too old to open" }, t)).toBe("now.because.late");
  expect(whyOf({ detail: "expired" }, t)).toBe("now.because.late");
  expect(whyOf({ detail: "что-то новое" }, t)).toBe("что-то новое");
  expect(whyOf({ detail: "nothing_to_open" }, t)).toBe("");
});
