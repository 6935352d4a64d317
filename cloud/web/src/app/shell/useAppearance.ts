/** Theme and language as the account has them, on whatever browser it signs in; the browser's own copy is the first paint's. */

import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import { changeLanguage, isLanguage, type Language } from "@/shared/i18n";
import { usePreference } from "@/shared/session/preferences";

interface Appearance extends Record<string, unknown> {
  theme?: unknown;
  language?: unknown;
}

const isTheme = (theme: unknown): theme is MantineColorScheme => theme === "light" || theme === "dark" || theme === "auto";

/** Letters and files that the server writes are in the account's language, too. */
const tell = (language: Language) => answer(api.PATCH("/api/account", { body: { language } }));

/** Follows the account; what to call when the person chooses. Whoever never chose keeps what the browser has. */
export function useAppearance(): { keepTheme: (theme: MantineColorScheme) => void; keepLanguage: (language: Language) => void } {
  const { i18n } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const [kept, keep] = usePreference<Appearance>("appearance");
  const { theme, language } = kept ?? {};
  useEffect(() => {
    if (isTheme(theme)) setColorScheme(theme);
  }, [theme, setColorScheme]);
  useEffect(() => {
    if (isLanguage(language) && language !== i18n.language) void changeLanguage(language);
  }, [language, i18n]);
  return {
    keepTheme: (chosen) => keep({ ...kept, theme: chosen }),
    keepLanguage: (chosen) => keep({ ...kept, language: chosen }, () => tell(chosen)),
  };
}
