import { expect, test } from "vitest";

import type { Schema } from "../api/client";
import { beside, laneWithKeys } from "./laneChoice";

function lane(id: string, waiting: number = 0): Schema["Lane"] {
  return { id, waiting: Array.from({ length: waiting }, () => ({})) } as Schema["Lane"];
}

test("the keys are of the chosen lane, else of whoever waits, else of the first", () => {
  const lanes = [lane("in"), lane("out", 1), lane("yard")];
  expect(laneWithKeys(lanes, null)?.id).toBe("out");
  expect(laneWithKeys(lanes, "yard")?.id).toBe("yard");
  expect(laneWithKeys(lanes, "gone")?.id).toBe("out");
  expect(laneWithKeys([lane("in"), lane("out")], null)?.id).toBe("in");
  expect(laneWithKeys([], null)).toBeUndefined();
});

test("arrows go from the lane that has the keys to the one beside it, and no further than the last", () => {
  const lanes = [lane("in"), lane("out")];
  expect(beside(lanes, null, 1)?.id).toBe("out");
  expect(beside(lanes, "out", 1)?.id).toBe("out");
  expect(beside(lanes, "out", -1)?.id).toBe("in");
  expect(beside([], null, 1)).toBeUndefined();
});
