import i18next from "i18next";
import { beforeAll, expect, test } from "vitest";

import { ru } from "@/shared/i18n/ru";
import { changedFields } from "./changes";

beforeAll(() => i18next.init({ lng: "ru", resources: { ru: { translation: ru } } }));

const WEEK = { language: "ru", ...ru.week };
const told = (changes: Parameters<typeof changedFields>[0]) =>
  changedFields(changes, { t: i18next.t, week: WEEK, zone: "Asia/Yekaterinburg" }).map(({ label, text }) => `${label}: ${text}`.replaceAll(/\s/g, " "));

test("each field says what it was and what it is, in the order of the form", () => {
  const changes = told({
    entries: [1, null],
    holder: ["Петров", ""],
    kind: ["guest", "service"],
    plates: [["X711TT90"], []],
    points: [["Въезд 1"], []],
    schedule: [[], [{ days: [1, 2, 3, 4, 5], from_minute: 540, until_minute: 1080 }]],
    valid_until: ["2026-11-22T14:00:00+00:00", null],
    direction: ["in", null],
  });
  expect(changes).toEqual([
    "Вид: Гостевой → Служба",
    "Номера машин: X 711 TT 90 → —",
    "Гость: Петров → —",
    "По: 22.11.2026 19:00 → без срока",
    "Часы: в любое время → пн–пт 09:00–18:00",
    "Открывает: Въезд 1 → все точки",
    "Направление: въезд → в обе стороны",
    "Число въездов: 1 → без ограничения",
  ]);
});

test.each([
  ["", "•••", "Телефон гостя: указан"],
  ["•••", "•••", "Телефон гостя: другой"],
  ["•••", null, "Телефон гостя: убран"],
])("of a telephone it is told what became of it", (was, is, text) => {
  expect(told({ phone: [was, is] })).toEqual([text]);
});

test("that a code was given is told, and no code", () => {
  expect(told({ typed: [[], ["CODE"]] })).toEqual(["Коды: — → Код для охраны или сканера"]);
});

test("what the server tells beyond that is left out", () => {
  expect(told({ weather: ["rain", "sun"] })).toEqual([]);
});
