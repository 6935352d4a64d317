/** Language and theme, at hand on every screen. */

import { ActionIcon, Button, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { changeLanguage, type Language } from "@/shared/i18n";

export function LanguageSwitch({ onChoose }: { onChoose?: (language: Language) => void }) {
  const { t, i18n } = useTranslation();
  const other = i18n.language === "ru" ? "en" : "ru";
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      c="dimmed"
      aria-label={t("shell.language")}
      onClick={() => {
        void changeLanguage(other);
        onChoose?.(other);
      }}
    >
      {i18n.language.toUpperCase()}
    </Button>
  );
}

const SCHEMES = [
  { value: "light", icon: IconSun, label: "shell.themeLight" },
  { value: "dark", icon: IconMoon, label: "shell.themeDark" },
  { value: "auto", icon: IconDeviceDesktop, label: "shell.themeAuto" },
] as const;

export function ThemeSwitch({ onChoose }: { onChoose?: (theme: MantineColorScheme) => void }) {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Current = SCHEMES.find(({ value }) => value === colorScheme)?.icon ?? IconSun;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t("shell.theme")}>
          <Current size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, icon: Icon, label }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} />}
            rightSection={value === colorScheme ? <IconCheck size={14} /> : null}
            onClick={() => {
              setColorScheme(value);
              onChoose?.(value);
            }}
          >
            {t(label)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
