/** The guard's own catalogue, two languages, typed keys; only the language in use is loaded. */

import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";

import { keepLanguage, type Language } from "@/shared/i18n/language";
import type { Russian } from "./ru";

const NAMESPACE = "gate";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "gate";
    resources: { gate: Russian };
    returnNull: false;
  }
}

async function load(language: Language): Promise<object> {
  return language === "ru" ? (await import("./ru")).ru : (await import("./en")).en;
}

export async function startI18n(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: [NAMESPACE],
    defaultNS: NAMESPACE,
    resources: { [language]: { [NAMESPACE]: await load(language) } },
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function changeLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, NAMESPACE)) i18next.addResourceBundle(language, NAMESPACE, await load(language));
  keepLanguage(language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** The words, and the language that they are in. */
export function useWords() {
  const { t, i18n } = useTranslation(NAMESPACE);
  return { t, language: i18n.language as Language };
}

export type Words = ReturnType<typeof useWords>["t"];
