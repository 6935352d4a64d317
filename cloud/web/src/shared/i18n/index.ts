/** One catalogue, two languages, typed keys; only the language in use is loaded. */

import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

import { keepLanguage, type Language } from "./language";
import type { Russian } from "./ru";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: Russian };
    returnNull: false;
  }
}

export { initialLanguage, isLanguage, type Language } from "./language";

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
  keepLanguage(language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
