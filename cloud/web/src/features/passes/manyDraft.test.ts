import { expect, test } from "vitest";

import { Problem } from "@/shared/api/problem";
import { manyDraft, placesOf, UNCHANGED } from "./manyDraft";

const WORDS = { nothing: "nothing", noPoint: "no point", noHours: "no hours", noDays: "no days", noTime: "no time" };
const PLACES = [
  {
    site: "Афины",
    points: [
      { id: "p1", name: "Въезд", zone_id: "z1" },
      { id: "p2", name: "Калитка", zone_id: "z1" },
      { id: "p3", name: "Паркинг", zone_id: null },
    ],
    zones: [{ id: "z1", name: "Территория" }, { id: "z2", name: "Пустая" }],
  },
];
const draft = (values: Partial<typeof UNCHANGED>) => manyDraft({ ...UNCHANGED, ...values }, PLACES, "Asia/Yekaterinburg", WORDS);

test("what is not touched is not sent", () => {
  expect(draft({ until: "2026-11-23 18:00:00" })).toEqual({ valid_until: "2026-11-23T13:00:00.000Z" });
  expect(draft({ where: "all" })).toEqual({ points: [] });
});

test("a zone stands for its points, each once", () => {
  expect(draft({ where: "some", points: ["zone:z1", "p2"] })).toEqual({ points: ["p1", "p2"] });
  expect(draft({ where: "some", points: ["p3"] })).toEqual({ points: ["p3"] });
});

test("nothing to change, and no point chosen, is refused", () => {
  expect(() => draft({})).toThrow(Problem);
  expect(() => draft({ where: "some" })).toThrow("no point");
});

test("only zones into which a point leads are offered", () => {
  expect(placesOf(PLACES, "Зоны").map(({ items }) => items.map(({ value }) => value))).toEqual([["zone:z1"], ["p1", "p2", "p3"]]);
});

test("hours stay, are any from now on, or those that are entered", () => {
  const schedule = [{ days: [1], from: "9:00", until: "18:00" }];
  expect(draft({ where: "all", schedule })).toEqual({ points: [] });
  expect(draft({ when: "any", schedule })).toEqual({ schedule: [] });
  expect(draft({ when: "some", schedule })).toEqual({ schedule: [{ days: [1], from_minute: 540, until_minute: 1080 }] });
  expect(() => draft({ when: "some", schedule: [] })).toThrow("no hours");
});
