import { expect, test } from "vitest";

import type { Credential } from "@/shared/credentials/readings";
import { type Entered, emptyPass } from "./draft";
import { merged } from "./meanwhile";

const plate = (text: string): Credential => ({ type: "plate", plate: text });
const OPENED: Entered = {
  ...emptyPass("Гость"),
  credentials: [plate("X711TT90"), plate("A123BC72")],
  holder: "Пётр",
  validity: "period",
  from: "2026-11-22 09:00:00",
  until: "2026-11-23 09:00:00",
};

test("what the other changed comes in, and what was typed stays", () => {
  const mine = { ...OPENED, note: "с собакой" };
  const theirs = { ...OPENED, holder: "Пётр Петров", until: "2026-11-24 09:00:00" };
  const { values, contested } = merged(OPENED, mine, theirs);
  expect(values).toEqual({ ...theirs, note: "с собакой" });
  expect([...contested]).toEqual([]);
});

test("plates that either added are there, and those that either took off are not", () => {
  const mine = { ...OPENED, credentials: [plate("X711TT90"), plate("O318BT72")], typed: "С001" };
  const theirs = { ...OPENED, credentials: [plate("A123BC72"), plate("P540CE72")] };
  const { values, contested } = merged(OPENED, mine, theirs);
  expect(values.credentials).toEqual([plate("P540CE72"), plate("O318BT72")]);
  expect(values.typed).toBe("С001");
  expect([...contested]).toEqual([]);
});

test("where both changed the same, what was typed here stands and is told", () => {
  const mine = { ...OPENED, holder: "Анна", note: "оба" };
  const theirs = { ...OPENED, holder: "Ольга", note: "оба" };
  const { values, contested } = merged(OPENED, mine, theirs);
  expect(values.holder).toBe("Анна");
  expect([...contested]).toEqual(["holder"]);
});

test("a host is a person or a name: one of both is taken whole", () => {
  const mine = { ...OPENED, hostText: "Сидорова" };
  const theirs = { ...OPENED, host: { id: "h", label: "Иванова" } };
  const { values, contested } = merged(OPENED, mine, theirs);
  expect([values.host, values.hostText]).toEqual([null, "Сидорова"]);
  expect(contested.has("host")).toBe(true);
});

test("a day that was chosen here goes before the other's period", () => {
  const mine: Entered = { ...OPENED, validity: "tomorrow" };
  const theirs = { ...OPENED, until: "2026-11-24 09:00:00" };
  const { values, contested } = merged(OPENED, mine, theirs);
  expect(values.validity).toBe("tomorrow");
  expect(contested.has("until")).toBe(true);
});

test("a code that was given meanwhile stays", () => {
  expect(merged(OPENED, OPENED, { ...OPENED, code: true }).values.code).toBe(true);
});

test("points are those of the site: both are taken from one side", () => {
  const theirs = { ...OPENED, siteId: "s2", points: ["p9"] };
  expect(merged(OPENED, { ...OPENED, direction: "in" }, theirs).values).toEqual({ ...theirs, direction: "in" });
  const { values, contested } = merged(OPENED, { ...OPENED, points: ["p1"] }, theirs);
  expect([values.siteId, values.points]).toEqual(["", ["p1"]]);
  expect([...contested]).toEqual(["siteId", "points"]);
});
