import { expect, it } from "vitest";

import type { Permission } from "@/shared/session/me";
import { actsOnMany } from "./many";

const acts = (...granted: Permission[]) => actsOnMany((permission) => granted.includes(permission));

it("offers of many passes what the role may do, each by its own permission", () => {
  expect(acts("passes.read", "passes.approve")).toEqual(["approve"]);
  expect(acts("passes.read", "passes.revoke")).toEqual(["revoke"]);
  expect(acts("passes.issue", "passes.approve", "passes.revoke")).toEqual(["approve", "change", "revoke"]);
});

it("offers nothing to choose for whoever may do nothing with it", () => {
  expect(acts("passes.read")).toEqual([]);
});
