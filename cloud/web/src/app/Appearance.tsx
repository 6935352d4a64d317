/** How controls look, and what they are called to those who hear them, in the language in use. */

import { MantineProvider } from "@mantine/core";
import { DatesProvider } from "@mantine/dates";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { contrast, wordedTheme } from "@/shared/ui/theme";

const MONDAY = 1;

export function Appearance({ children }: { children: ReactNode }) {
  const { t, i18n } = useTranslation();
  const theme = useMemo(() => wordedTheme(t), [t]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={contrast} defaultColorScheme="auto">
      <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: MONDAY }}>{children}</DatesProvider>
    </MantineProvider>
  );
}
