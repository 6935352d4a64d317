/** What is rarely needed: sound, day and night, language, certificate, signing out without handing over. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { IconKeyboard, IconLanguage, IconLogout, IconMoon, IconShieldCheck, IconSun, IconSunMoon, IconUserCircle, IconVolume, IconVolumeOff } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api } from "../api/client";
import { meQuery } from "../api/queries";
import { changeLanguage, useWords } from "../i18n";
import { useSession } from "../session";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { useProblemText } from "../ui/Notice";
import { mute, useSoundState } from "../ui/sound";
import { chooseTheme, useTheme } from "../ui/theme";
import { Tiles } from "../ui/Tiles";
import { useTimes } from "../ui/times";
import { say } from "../ui/toasts";
import { Keys, useHelpKey } from "./Keys";
import classes from "./Shell.module.css";

export function Menu() {
  const { t } = useWords();
  const { guard } = useSession();
  const [shows, setShows] = useState<"settings" | "keys" | null>(null);
  const close = () => setShows(null);
  useHelpKey(() => setShows("keys"));
  return (
    <>
      <SoundButton />
      <Button aria-label={t("settings.menu")} title={`${guard.name}. ${t("settings.menu")}`} aria-haspopup="dialog" icon={<IconUserCircle aria-hidden />} onClick={() => setShows("settings")} />
      {shows === "settings" && <Settings onKeys={() => setShows("keys")} onClose={close} />}
      {shows === "keys" && <Keys onClose={close} />}
    </>
  );
}

export function SoundButton() {
  const { t } = useWords();
  const state = useSoundState();
  const label = { on: t("settings.soundOn"), muted: t("settings.soundOff"), blocked: t("settings.soundBlocked") }[state];
  const Icon = state === "on" ? IconVolume : IconVolumeOff;
  return <Button aria-label={t("settings.sound")} aria-pressed={state !== "muted"} title={label} data-sound={state} icon={<Icon aria-hidden />} onClick={() => mute(state !== "muted")} />;
}

export function Appearance() {
  const { t } = useWords();
  const { zone } = useTimes();
  const theme = useTheme(zone);
  const tiles = [
    { value: "time", label: t("settings.themeTime"), icon: <IconSunMoon aria-hidden /> },
    { value: "light", label: t("settings.themeLight"), icon: <IconSun aria-hidden /> },
    { value: "dark", label: t("settings.themeDark"), icon: <IconMoon aria-hidden /> },
  ] as const;
  return <Tiles label={t("settings.theme")} tiles={tiles} value={theme} onChoose={chooseTheme} />;
}

export function LanguageButton() {
  const { t, language } = useWords();
  const other = language === "ru" ? "en" : "ru";
  return (
    <Button icon={<IconLanguage aria-hidden />} lang={other} onClick={() => void changeLanguage(other)}>
      {t("settings.otherLanguage")}
    </Button>
  );
}

function Settings({ onKeys, onClose }: { onKeys: () => void; onClose: () => void }) {
  const { t } = useWords();
  const { guard, isBox } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const textOf = useProblemText();
  const leaving = useMutation({
    mutationFn: () => answer(api.POST("/gate/api/sign-out")),
    onSuccess: async () => {
      await navigate({ to: "/" }); // whoever comes next begins at the lanes
      await client.resetQueries({ queryKey: meQuery.queryKey });
    },
    onError: (error) => say("bad", textOf(error)),
  });
  return (
    <Dialog title={guard.name} onClose={onClose}>
      <div className={classes["menu"]}>
        <Appearance />
        <LanguageButton />
        <Button icon={<IconKeyboard aria-hidden />} hint="?" onClick={onKeys}>
          {t("keys.title")}
        </Button>
        {isBox && (
          <Button icon={<IconShieldCheck aria-hidden />} onClick={() => void navigate({ to: "/trust" })}>
            {t("settings.trust")}
          </Button>
        )}
        <Button icon={<IconLogout aria-hidden />} disabled={leaving.isPending} onClick={() => leaving.mutate()}>
          {t("settings.signOut")}
        </Button>
      </div>
    </Dialog>
  );
}
