/** Emergencies stay on top of every screen, with sound, until somebody takes them. */

import { Alert, Button, Group, Text } from "@mantine/core";
import { IconHexagonMinusFilled, IconVolume, IconVolumeOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { type Alarm, TAKING } from "@/features/alarms/api";
import { alarmText } from "@/features/alarms/words";
import { answer, api } from "@/shared/api/client";
import { useOptimistic } from "@/shared/api/optimistic";
import { ALL } from "@/shared/complex/complex";
import { formatTime } from "@/shared/format/dates";
import { useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import classes from "./AlarmBar.module.css";
import { AlarmRoom } from "./AlarmRoom";
import { type SoundState, useAlarmSound } from "./useAlarmSound";
import { useMute } from "./useMute";
import { useRoom } from "./useRoom";

const LOOKED_AT = 50;

/** `isWall`: it sounds there whoever signed the screen in. */
export function AlarmBar({ isWall = false }: { isWall?: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  // Whatever complex is looked at: nobody else may be looking at the one that burns.
  const urgent = useQuery({
    queryKey: ["alarms", "urgent"],
    queryFn: () => answer(api.GET("/api/alarms", { params: { query: { state: ["open"], severity: ["critical"], page_size: LOOKED_AT } } })),
    enabled: may("alarms.read"),
  });
  // Whoever was just taken is still among them until the server has answered.
  const alarms = (urgent.data?.items ?? []).filter(({ state }) => state === "open");
  const taken = (urgent.data?.items.length ?? 0) - alarms.length;
  const zoneOf = useZoneOf();
  const { until, mute, unmute } = useMute(alarms.map(({ id }) => id));
  const mayTake = may("alarms.acknowledge");
  // At a desk, who cannot end it is not made to hear it.
  const sounds = isWall || mayTake;
  const sound = useAlarmSound(sounds && alarms.length > 0 && until === null);
  const [newest] = alarms;
  const bar = useRef<HTMLDivElement>(null);
  const hasRoom = useRoom(bar, may("alarms.read") && urgent.isPending ? undefined : newest !== undefined);
  if (urgent.isLoading) return <AlarmRoom />;
  if (!newest) return null;
  return (
    <Alert ref={bar} className={classes["bar"] ?? ""} data-over={!hasRoom || undefined} icon={<IconHexagonMinusFilled />} role="alert" data-sound={until ? "muted" : sound}>
      <Group justify="space-between" gap="xs">
        <Words alarm={newest} count={(urgent.data?.total ?? 1) - taken} />
        <Group gap="xs">
          <LinkAnchor to="/desk/alarms" search={{ severity: "critical", open: newest.id, complex: ALL }} size="sm" fw={600} c="inherit" underline="always">
            {t("alarms.look")}
          </LinkAnchor>
          {sounds && <SoundButton sound={sound} until={until} zone={zoneOf(newest.site_id)} onMute={mute} onUnmute={unmute} />}
          {mayTake && <Take key={newest.id} alarm={newest} />}
        </Group>
      </Group>
    </Alert>
  );
}

function Words({ alarm, count }: { alarm: Alarm; count: number }) {
  const { t } = useTranslation();
  const zone = useZoneOf()(alarm.site_id);
  const what = `${alarmText(alarm.kind, t)}: ${alarm.site_name}, ${alarm.box_name}`;
  return (
    <Text size="sm" fw={600}>
      {t("alarms.urgent", { what })} <Age at={alarm.raised_at} zone={zone} />
      {count > 1 && <>. {t("alarms.others", { count: count - 1 })}</>}
    </Text>
  );
}

function Take({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation();
  const taking = useOptimistic({ ...TAKING, undone: t("alarms.notTaken") });
  return (
    <Button size="xs" className={classes["take"] ?? ""} onClick={() => taking.mutate(alarm.id)}>
      {t("alarms.take")}
    </Button>
  );
}

interface SoundButtonProps {
  sound: SoundState;
  until: Date | null;
  zone: string | undefined;
  onMute: () => void;
  onUnmute: () => void;
}

/** A mute is always shown, with the time when it ends. */
function SoundButton({ sound, until, zone, onMute, onUnmute }: SoundButtonProps) {
  const { t } = useTranslation();
  const label = until ? t("alarms.mutedUntil", { time: formatTime(until, zone) }) : sound === "blocked" ? t("alarms.soundBlocked") : t("alarms.mute");
  const Icon = sound === "sounding" ? IconVolume : IconVolumeOff;
  const press = until ? onUnmute : sound === "sounding" ? onMute : undefined;
  return (
    <Button size="xs" variant="subtle" className={classes["sound"] ?? ""} leftSection={<Icon size={16} aria-hidden />} title={until ? t("alarms.unmute") : undefined} onClick={press}>
      {label}
    </Button>
  );
}
