/** Which languages there are, and which one a person is shown. */

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

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
}
