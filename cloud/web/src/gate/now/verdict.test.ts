import type { TFunction } from "i18next";
import { describe, expect, test } from "vitest";

import { currentOf, type Passage, verdictOf, whoOf } from "./verdict";

const GUARD = { id: "g", name: "Иванов" };

function passage(changed: Partial<Passage> = {}): Passage {
  return {
    id: "p", at: "2026-11-28T10:00:00Z", point: "l", point_name: "Въезд", direction: "in", outcome: "granted", reason: "granted", flags: [],
    read: "Х711ТТ90", plate: "X711TT90", held: null, near: [], still: null, opened: true, waits: false, decided: null, video: null, ...changed,
  };
}

function decided(verdict: "confirm" | "refuse" | "open", opened: boolean | null = null, at = "2026-11-28T10:00:05Z") {
  return { id: "d", at, guard: GUARD, verdict, reason: null, note: "", opened, detail: "", blacklisted: false, point: null, point_name: "", direction: null, plate: null, pass_number: "" };
}

function lane(id: string, waiting: Passage[] = []) {
  return { id, name: id, directions: ["in" as const], position: null, can_open: true, hold: null, live: null, last: passage(), waiting, alarms: [], trouble: [], video: null, away: false, act: null };
}

describe("the verdict", () => {
  test.each([
    [{}, "granted", "good"],
    [{ opened: null }, "granted", "good"],
    [{ opened: false }, "stuck", "attention"],
    [{ outcome: "denied" as const, opened: null }, "denied", "bad"],
    [{ outcome: "denied" as const, waits: true }, "waits", "attention"],
    [{ outcome: "denied" as const, decided: decided("confirm", true) }, "granted", "good"],
    [{ outcome: "denied" as const, decided: decided("confirm", false) }, "stuck", "attention"],
    [{ outcome: "denied" as const, decided: decided("refuse") }, "refused", "bad"],
    [{ outcome: "denied" as const, decided: decided("open", true) }, "opened", "good"],
    [{ outcome: "denied" as const, decided: decided("open", null, new Date().toISOString()) }, "opening", "info"],
    [{ outcome: "denied" as const, decided: decided("open") }, "unknown", "attention"],
  ])("of %o is %s", (changed, word, tone) => expect(verdictOf(passage(changed))).toEqual({ word, tone }));
});

const words = ((key: string) => key) as TFunction;

test("somebody is named by the plate, else by name, else by what was read", () => {
  expect(whoOf(passage(), words)).toBe("X\u00a0711\u00a0TT\u00a090");
  const held = { holder: "Пётр" } as Passage["held"];
  expect(whoOf(passage({ plate: null, held }), words)).toBe("Пётр");
  expect(whoOf(passage({ plate: null, read: "0001202659" }), words)).toBe("0001202659");
  expect(whoOf(passage({ plate: null, read: "face b0f00a08" }), words)).toBe("now.byFace");
  expect(whoOf(passage({ plate: null, read: "" }), words)).toBe("now.nothingRead");
});

test("whoever waits comes first", () => {
  const waits = passage({ id: "w", waits: true });
  expect(currentOf(lane("a", [waits]))?.id).toBe("w");
  expect(currentOf(lane("a"))?.id).toBe("p");
});
