import i18next from "i18next";
import { beforeAll, expect, it } from "vitest";

import { ru } from "@/shared/i18n/ru";
import { alarmDetail } from "./detail";

const words = i18next.createInstance();

beforeAll(async () => {
  await words.init({ lng: "ru", resources: { ru: { translation: ru } } });
});

it.each([
  ["shortage", "stills_dropped 12 180 MB free", "Удалено снимков: 12. Свободно 180 МБ."],
  ["shortage", "more than is known 1", "more than is known 1"],
  [
    "decisions_unwritten",
    "decisions_unwritten 3 2026-11-30T06:00:05Z to 2026-11-30T21:30:00Z",
    "Отказов без записи: 3. 30.11.2026 09:00:05 – 01.12.2026 00:30:00.",
  ],
  ["fire", "input 3: 1 points are opened and held open", "Вход 3: открыта и удерживается 1 точка прохода."],
  ["fire", "input 3: 4 points are opened and held open", "Вход 3: открыты и удерживаются 4 точки прохода."],
  ["fire", "input 3: 12 points are opened and held open", "Вход 3: открыты и удерживаются 12 точек прохода."],
  ["fire", "input 3 is back", "Вход 3 снова в норме."],
  ["reader_unassigned", "read at a device that stands at no point: 0012345678", "Прочитано: 0012345678."],
  ["reader_unassigned", "read at a device that stands at no point: a code", "Прочитано: код."],
  ["faces_unwritten", "2 faces: no face is seen", "Не записано лиц: 2. Ответ панели: no face is seen"],
  ["barrier_held_open", "open for too long", ""],
  ["stream_forked", "anything else", "anything else"],
])("%s: %s", (kind, detail, told) => {
  expect(alarmDetail({ kind, detail }, words.t, "Europe/Moscow")).toBe(told);
});
