import { readdirSync, readFileSync } from "node:fs";

import { createInstance } from "i18next";
import { expect, test } from "vitest";

import { en } from "@/shared/i18n/en";
import { ru } from "@/shared/i18n/ru";
import { unitText } from "@/shared/i18n/units";
import { channelText } from "./words";

const PROFILES = new URL("../../../../../protocols/meters/profiles/", import.meta.url);
const shipped = readdirSync(PROFILES).map((file) => readFileSync(new URL(file, PROFILES), "utf8")).join("\n");

const all = (key: string) => [...new Set([...shipped.matchAll(new RegExp(`^${key} = "(.+)"`, "gm"))].map(([, value = ""]) => value))];
const CHANNELS = all("name").map((name) => name.replace("{n}", "2").replace("{l}", "3"));
const UNITS = all("unit");

async function words(language: "ru" | "en") {
  const i18n = createInstance();
  await i18n.init({ lng: language, resources: { ru: { translation: ru }, en: { translation: en } }, interpolation: { escapeValue: false } });
  return i18n.t;
}

test("the shipped profiles are read", () => {
  expect(CHANNELS).toContain("active_power_2_l3");
  expect(UNITS).toContain("pulse");
});

test("every channel of the shipped profiles has words in both languages", async () => {
  for (const language of ["ru", "en"] as const) {
    const t = await words(language);
    expect(CHANNELS.filter((channel) => channelText(channel, "", t) === channel)).toEqual([]);
  }
});

test("a channel's input and phase are told", async () => {
  const t = await words("ru");
  expect(channelText("active_power_2_l3", "", t)).toBe("Активная мощность, канал 2, фаза L3");
  expect(channelText("voltage_l1", "", t)).toBe("Напряжение, фаза L1");
  expect(channelText("counter_1", "Холодная вода: counter_1", t)).toBe("Счётчик импульсов, канал 1");
  expect(channelText("flow_9", "Расход воды", t)).toBe("Расход воды");
});

test("every unit of the shipped profiles has a Russian word, and counted things an English plural", () => {
  expect(UNITS.filter((unit) => !/[а-я]/i.test(unitText(unit, "ru")))).toEqual([]);
  expect(unitText("pulse", "en")).toBe("pulses");
});
