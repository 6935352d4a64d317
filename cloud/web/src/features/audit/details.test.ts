import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";

import { ru } from "@/shared/i18n/ru";
import type { Driver, DriverField } from "@/shared/lookups/drivers";
import { detailsOf } from "./details";

const PLAIN: DriverField = {
  name: "", kind: "text", title: "", help: null, example: null, unit: null, required: false, default: null,
  minimum: null, maximum: null, max_length: null, choices: [], secret: false, device: null, one_of: null, instead_of: null, fields: [],
};
const DRIVERS: Driver[] = [
  {
    driver: "modbus_relay", role: "relay", also: null, title: "Модуль реле", help: null, alternatives: {},
    fields: [
      { ...PLAIN, name: "bus", kind: "device", title: "Линия" },
      { ...PLAIN, name: "profile", kind: "choice", title: "Модель", choices: [{ value: "wb", title: "WB-MR6C" }] },
      { ...PLAIN, name: "silence_s", kind: "integer", title: "Отпустить после молчания", unit: "с" },
      { ...PLAIN, name: "key", title: "Ключ", secret: true },
    ],
  },
];
const words = i18next.createInstance();
const told = (action: string, changes: Record<string, unknown>, names: Record<string, string> = {}) =>
  detailsOf({ action, changes, names }, words, DRIVERS).map(({ label, text }) => `${label}: ${text}`);

beforeAll(async () => {
  await words.init({ lng: "ru", resources: { ru: { translation: ru } } });
});

describe("detailsOf", () => {
  it("gives names in place of ids, and the id of what is gone", () => {
    expect(told("sites.box.create", { name: "КПП 1", site_id: "s1" }, { s1: "к/п Афины" })).toEqual(["Название: КПП 1", "Объект: к/п Афины"]);
    expect(told("sites.box.create", { site_id: "s1" })).toEqual(["Объект: s1"]);
  });
  it("tells old and new where an act does", () => {
    expect(told("sites.site.change", { name: ["Афины", "Спарта"] })).toEqual(["Название: Афины → Спарта"]);
    const readers = [[{ device: "d", direction: "in" }], []];
    expect(told("sites.point.change", { readers }, { d: "Калитка" })).toEqual(["Чем читает: устройство Калитка, направление въезд → —"]);
    expect(told("blacklist.add", { subject: ["А 001 АА 77", "Б 002 ББ 77"] })).toEqual(["Кто: А 001 АА 77, Б 002 ББ 77"]);
  });
  it("calls settings as their form does, and tells secrets by name alone", () => {
    const changes = { driver: "modbus_relay", settings: { bus: "l", profile: "wb", silence_s: 10 }, secrets: { key: "•••" } };
    expect(told("sites.device.create", changes, { l: "Линия 1" })).toEqual([
      "Тип: Модуль реле",
      "Параметры: Линия: Линия 1; Модель: WB-MR6C; Отпустить после молчания: 10\u00a0с",
      "Заданы секреты: Ключ",
    ]);
    expect(told("sites.device.create", { secrets: {} })).toEqual([]);
  });
  it("leaves out what is empty, unless the act compares", () => {
    expect(told("sites.box.revoke", { reason: "", plates: [], name: null })).toEqual([]);
    expect(told("sites.site.change", { complex_id: [null, null] })).toEqual(["Комплекс: — → —"]);
  });
  it("gives numbers with their units, plates as they are printed", () => {
    const barrier = { device: "d", output: 0, pulse_ms: 700 };
    expect(told("sites.point.create", { barrier }, { d: "Реле" })).toEqual(["Чем открывается: устройство Реле, выход 0, импульс 700\u00a0мс"]);
    expect(told("privacy.retention.change", { kept_stills: [30, 60] })).toEqual(["Снимки проездов: 30\u00a0дн. → 60\u00a0дн."]);
    expect(told("access.blacklist.add", { subject: ["X711TT90", "Иван Ёлкин"] })).toEqual(["Кто: X\u00a0711\u00a0TT\u00a090, Иван Ёлкин"]);
    expect(told("access.pass.issue", { plates: ["X711TT90"] })).toEqual(["Номера: X\u00a0711\u00a0TT\u00a090"]);
  });
  it("puts values into words", () => {
    expect(told("sites.zone.change", { anti_passback: ["off", "soft"] })).toEqual(["Повторный проход: Не следить → Пускать и отмечать"]);
    const stale = { after_s: 86400, residents: "allow", guests: "guard", services: "deny" };
    expect(told("sites.site.create", { stale })).toEqual(["Устаревший список: устаревает через, с 86400, жителям пускать, гостям решает охрана, службам не пускать"]);
    expect(told("sites.point.create", { barrier: { kind: "hold" } })).toEqual(["Чем открывается: вид Замок"]);
    expect(told("sites.point.create", { residents: true })).toEqual(["Жителям: Да"]);
    expect(told("organisations.company.change", { language: ["ru", "en"] })).toEqual(["Язык: русский → английский"]);
    expect(told("building.create", { kind: "tower" })).toEqual(["Вид: Многоквартирный дом"]);
    expect(told("sites.command.order", { kind: "restart", target: null })).toEqual(["Вид: перезапустить"]);
    expect(told("organisations.role.create", { permissions: ["audit.read"] })).toEqual(["Права: Читать журнал действий"]);
    expect(told("organisations.account.sign_in_failed", { reason: "wrong_credentials" })).toEqual(["Причина: неверная почта или пароль"]);
  });
});
