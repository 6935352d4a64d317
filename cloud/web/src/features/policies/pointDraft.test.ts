import { expect, test } from "vitest";

import { Problem } from "@/shared/api/problem";
import { PASS_KINDS } from "@/shared/lookups/passKinds";
import type { PointPolicy } from "./api";
import { pointDraft, pointEntered } from "./pointDraft";

const POINT: PointPolicy = {
  point_id: "p", organisation_id: "o", point: "Калитка", site_id: "s", site: "Афины",
  kinds: null, residents: true, approval: false, from_minute: null, until_minute: null,
  longest_days: null, per_day: 3, standing: null,
};

test("a point of which nothing is said lets every kind through, and still does when it is saved", () => {
  expect(pointEntered(POINT).kinds).toEqual(PASS_KINDS);
  expect(pointDraft(pointEntered(POINT), "no time")).toEqual({
    kinds: null, residents: true, approval: false, from_minute: null, until_minute: null, longest_days: null, per_day: 3, standing: null,
  });
});

test("chosen kinds and hours are sent", () => {
  const entered = { ...pointEntered(POINT), kinds: ["resident"] as const, from_minute: "9:00", until_minute: "24:00" };
  expect(pointDraft(entered, "no time")).toMatchObject({ kinds: ["resident"], from_minute: 540, until_minute: 1440 });
});

test("what is no time is refused at its field", () => {
  expect(() => pointDraft({ ...pointEntered(POINT), from_minute: "25:00" }, "no time")).toThrow(Problem);
});

test("emergency vehicles are a kind that is seen: where others are taken off, they stay until somebody takes them off", () => {
  const every = pointEntered(POINT);
  const kinds = every.kinds.filter((kind) => kind !== "guest");
  expect(pointDraft({ ...every, kinds }, "no time").kinds).toEqual(["recurring", "resident", "staff", "service", "contractor", "special"]);
});
