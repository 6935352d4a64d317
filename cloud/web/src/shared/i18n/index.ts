/** One catalogue, two languages, typed keys; only the language in use is loaded, and of it the words of the faces in use. */

import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

import { type Face, WORDS } from "./faces";
import { keepLanguage, type Language } from "./language";
import type { Russian } from "./ru";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: Russian };
    returnNull: false;
  }
}

export { initialLanguage, isLanguage, type Language } from "./language";

const inUse = new Set<Face>(["entry"]);

async function fetchWords(language: Language, face: Face): Promise<void> {
  i18next.addResourceBundle(language, "translation", await WORDS[language][face](), true);
}

export async function startI18n(language: Language): Promise<i18n> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: await WORDS[language].entry() } },
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  document.documentElement.lang = language;
  return i18next;
}

/** The face's code once its words are there, too: a page is never shown with keys instead of words. */
export async function worded<Code>(faces: readonly Face[], code: Promise<Code>): Promise<Code> {
  for (const face of faces) inUse.add(face);
  const language = i18next.language as Language;
  const [loaded] = await Promise.all([code, ...faces.map((face) => fetchWords(language, face))]);
  return loaded;
}

export async function changeLanguage(language: Language): Promise<void> {
  await Promise.all([...inUse].map((face) => fetchWords(language, face)));
  keepLanguage(language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
