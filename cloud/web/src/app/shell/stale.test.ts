import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { STALE_BY_EVENT } from "./stale";

interface Described {
  components: { schemas: { LiveKind: { enum: string[] } } };
}

test("the web listens for every kind that the server tells, and for no other", () => {
  const described = JSON.parse(readFileSync("../../docs/openapi.json", "utf8")) as Described;
  expect(Object.keys(STALE_BY_EVENT).sort()).toEqual([...described.components.schemas.LiveKind.enum].sort());
});
