/** The person: profile, language, theme, help, sign-out. */

import { Avatar, Menu, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconHelp, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { signOut } from "@/features/session/api";
import { useMe } from "@/shared/session/me";
import { LanguageSwitch, ThemeSwitch } from "@/shared/ui/Preferences";
import { useAppearance } from "./useAppearance";

export function UserMenu({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const { keepLanguage, keepTheme } = useAppearance();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      client.clear();
      void navigate({ to: "/sign-in" });
    },
  });
  return (
    <>
      <LanguageSwitch onChoose={keepLanguage} />
      <ThemeSwitch onChoose={keepTheme} />
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <UnstyledButton>
            <VisuallyHidden>{t("shell.openMenu")}</VisuallyHidden>
            <Avatar name={me.name} color="ink" radius="xl" size={32} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {me.name}
            <br />
            {me.email}
          </Menu.Label>
          <Menu.Item leftSection={<IconUserCircle size={16} />} component={Link} to="/desk/account">
            {t("section.account")}
          </Menu.Item>
          <Menu.Item leftSection={<IconHelp size={16} />} onClick={onHelp}>
            {t("shell.shortcuts")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate()}>
            {t("shell.signOut")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
