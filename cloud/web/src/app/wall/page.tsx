/** The wall screen: no frame, no mouse; alarms above the lanes, Esc leads back to the desk. */

import { Box, Button, Group, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { WallPage } from "@/features/board/WallPage";
import { formatTime } from "@/shared/format/dates";
import { useKeys } from "@/shared/keys/useKeys";
import { useNow } from "@/shared/live/useNow";
import { useSitesHere } from "@/shared/lookups/sites";
import { AlarmBar } from "../alarm/AlarmBar";
import { Live } from "../Live";
import { LiveSign } from "../shell/LiveSign";
import classes from "./page.module.css";

export function Wall() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const leave = () => void navigate({ to: "/desk/board" });
  useKeys([["Escape", leave]]);
  useAwake();
  return (
    <Live>
      <Box component="main" p="md" className={classes["wall"] ?? ""}>
        <AlarmBar isWall />
        <Group justify="space-between" mb="sm">
          <Text component="h1" m={0} fw={700} fz={{ base: 20, lg: 28 }}>
            {t("section.board")}
          </Text>
          <Group gap="md">
            <Clock />
            <LiveSign />
            <Button variant="default" size="xs" onClick={leave}>
              {t("wall.leave")}
            </Button>
          </Group>
        </Group>
        <WallPage />
      </Box>
    </Live>
  );
}

/** What the clocks of the sites show, whoever's screen it is; where they differ, each beside the name of one that it goes for. */
function Clock() {
  const now = useNow();
  const sites = useSitesHere();
  const zones = [...new Map(sites.map((site) => [site.time_zone, site.name])).entries()];
  return (
    <Group gap="md">
      {zones.map(([zone, name]) => (
        <Text key={zone} component="time" fw={700} fz={{ base: 20, lg: 28 }}>
          {zones.length > 1 && `${name} `}
          {formatTime(now, zone)}
        </Text>
      ))}
    </Group>
  );
}

/** A screen at the wall must not fall asleep; where the browser cannot promise it, the system's settings must. */
function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let isGone = false;
    const hold = async () => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      try {
        lock = await navigator.wakeLock.request("screen");
        if (isGone) await lock.release();
      } catch (error) {
        if (!(error instanceof DOMException)) throw error; // refused: a low battery, no permission
      }
    };
    const onShown = () => void hold();
    document.addEventListener("visibilitychange", onShown);
    void hold();
    return () => {
      isGone = true;
      document.removeEventListener("visibilitychange", onShown);
      void lock?.release();
    };
  }, []);
}
