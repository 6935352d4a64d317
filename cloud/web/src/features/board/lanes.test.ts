import { expect, test } from "vitest";

import type { Passage } from "./api";
import { credentialText } from "./credential";
import { lanesOf } from "./lanes";

function passage(part: Partial<Passage>): Passage {
  return { id: "1", site: "Афины", point: "Въезд 1", point_id: "p1", at: "2026-11-22T10:00:00Z", ...part } as Passage;
}

test("the newest of each point, whatever the order they came in", () => {
  const lanes = lanesOf([
    passage({ id: "old", at: "2026-11-22T09:00:00Z" }),
    passage({ id: "new", at: "2026-11-22T11:00:00Z" }),
    passage({ id: "middle", at: "2026-11-22T10:00:00Z" }),
  ]);
  expect(lanes.map(({ id }) => id)).toEqual(["new"]);
});

test("lanes stand by name, numbers by value, not by what happened last", () => {
  const lanes = lanesOf([
    passage({ id: "c", point_id: "p10", point: "Въезд 10", at: "2026-11-22T12:00:00Z" }),
    passage({ id: "b", point_id: "p2", point: "Въезд 2" }),
    passage({ id: "a", point_id: "p1", point: "Въезд 1" }),
  ]);
  expect(lanes.map(({ point }) => point)).toEqual(["Въезд 1", "Въезд 2", "Въезд 10"]);
});

test("a card is named as it is printed, not as its bits", () => {
  expect(credentialText({ credential: "W26:18:23011", read: "00001001001011001111000110" })).toBe("18,23011");
  expect(credentialText({ credential: "EM:001259E3", read: "" })).toBe("001259E3");
  expect(credentialText({ credential: null, read: "0101" })).toBe("0101");
});
