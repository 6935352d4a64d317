/** The frame of the desk and of administration: sections, who and where one is, search, and the live connection. */

import { AppShell, Burger, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useLocation } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useShowsAll } from "@/shared/api/company";
import { useKeys } from "@/shared/keys/useKeys";
import { useMay, useMe } from "@/shared/session/me";
import { later, useSoon } from "@/shared/ui/later";
import { AlarmRoom } from "../alarm/AlarmRoom";
import { Live } from "../Live";
import { Forbidden } from "../pages/Forbidden";
import { openPalette, PaletteButton } from "../palette/PaletteButton";
import { CompanySwitch } from "./CompanySwitch";
import { LiveSign } from "./LiveSign";
import { Navigation } from "./Navigation";
import { type Face, isForbidden } from "./sections";
import classes from "./Shell.module.css";
import { UserMenu } from "./UserMenu";

const loadShortcuts = async () => (await import("./Shortcuts")).Shortcuts;
const Shortcuts = later(loadShortcuts);
const AlarmBar = lazy(() => import("../alarm/AlarmBar").then((module) => ({ default: module.AlarmBar })));
const Palette = lazy(() => import("../palette/Palette").then((module) => ({ default: module.Palette })));

interface ShellProps {
  face: Face;
  /** What is chosen beside the company. */
  choice?: ReactNode;
}

export function Shell({ face, choice }: ShellProps) {
  const { t } = useTranslation();
  const [isOpen, { toggle: toggleMenu, close: closeMenu }] = useDisclosure();
  const [isHelp, help] = useDisclosure();
  const path = useLocation({ select: ({ pathname }) => pathname });
  useSoon(loadShortcuts);
  useKeys([
    ["?", help.open],
    ["mod+k", openPalette, { whileTyping: true }],
  ]);
  useEffect(() => closeMenu(), [path, closeMenu]);

  return (
    <Live>
      <a className="skip-link" href="#content">
        {t("shell.skip")}
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 224, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
        padding={{ base: "sm", sm: "md" }}
        styles={{ main: { background: "var(--domovoy-page)" } }}
      >
        <AppShell.Header>
          <Group className={classes["header"] ?? ""} h="100%" px="sm" justify="space-between" wrap="nowrap" gap="xs">
            <Group gap="xs" wrap="nowrap" miw={0} flex={1}>
              <Burger opened={isOpen} onClick={toggleMenu} hiddenFrom="sm" size="sm" aria-label={t("shell.menu")} />
              <div className={classes["where"]}>
                <CompanySwitch />
                {choice}
              </div>
            </Group>
            <Group gap={6} wrap="nowrap" flex="none">
              <PaletteButton />
              <LiveSign />
              <UserMenu onHelp={help.open} />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs">
          <Navigation face={face} />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1}>
          <Suspense fallback={<AlarmRoom />}>
            <AlarmBar />
          </Suspense>
          <Content path={path} />
        </AppShell.Main>
      </AppShell>
      <Suspense fallback={null}>
        <Palette />
      </Suspense>
      {isHelp && <Shortcuts onClose={help.close} />}
    </Live>
  );
}

function Content({ path }: { path: string }) {
  const me = useMe();
  const mayHere = useMay();
  const showsAll = useShowsAll();
  const may: typeof mayHere = (permission) => (showsAll ? me.companies.some((company) => company.permissions.includes(permission)) : mayHere(permission));
  return isForbidden(path, me, may) ? <Forbidden /> : <Outlet />;
}
