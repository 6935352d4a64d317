/** One catalogue, two languages, typed keys; only the language in use is loaded. */

import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

import type { Russian } from "./ru";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: Russian };
    returnNull: false;
  }
}

export const LANGUAGES = ["ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = "domovoy.language";

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/** The person's choice, else the browser's first language that we speak, else Russian. */
export function initialLanguage(): Language {
  const saved = localStorage.getItem(KEY);
  if (isLanguage(saved)) return saved;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "ru";
}

async function load(language: Language): Promise<object> {
  return language === "ru" ? (await import("./ru")).ru : (await import("./en")).en;
}

export async function startI18n(language: Language): Promise<i18n> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: await load(language) } },
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  document.documentElement.lang = language;
  return i18next;
}

export async function changeLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", await load(language));
  }
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
