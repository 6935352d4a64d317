import { expect, test } from "vitest";

import { minuteOf, timeOf } from "@/shared/format/minutes";
import { inTree, mayHold, pathOf } from "./zoneTree";

const zone = (id: string, parent_id: string | null = null) => ({ id, name: id.toUpperCase(), parent_id });
const ZONES = [zone("lift", "parking"), zone("parking", "yard"), zone("tower"), zone("yard")];

test("zones stand below the one in which they lie", () => {
  expect(inTree(ZONES).map(({ zone: { id }, depth }) => `${depth} ${id}`)).toEqual(["0 tower", "0 yard", "1 parking", "2 lift"]);
});

test("a zone whose parent is not there stands by itself", () => {
  expect(inTree([zone("lift", "gone")])).toEqual([{ zone: zone("lift", "gone"), depth: 0 }]);
});

test("a zone is named by all that is around it", () => {
  expect(pathOf(ZONES, "lift")).toBe("YARD › PARKING › LIFT");
  expect(pathOf(ZONES, null)).toBe("");
});

test("no zone is offered itself, nor what lies in it", () => {
  expect(mayHold(ZONES, "parking").map(({ id }) => id)).toEqual(["tower", "yard"]);
  expect(mayHold(ZONES, undefined)).toEqual(ZONES);
});

test("a time of day is read as people type it", () => {
  expect([" 4:00", "04.30", "2359", "00:00"].map(minuteOf)).toEqual([240, 270, 1439, 0]);
  expect(minuteOf(" ")).toBeNull();
  expect(["24:00", "4:60", "утром", "4"].map(minuteOf)).toEqual([undefined, undefined, undefined, undefined]);
  expect([240, 0, 1439, null].map(timeOf)).toEqual(["04:00", "00:00", "23:59", ""]);
});
