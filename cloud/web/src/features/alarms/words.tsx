/** An alarm in words: how grave it is, what it is, where it stands. */

import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { Status, type Tone } from "@/shared/ui/Status";
import type { Alarm } from "./api";

const TONE: Record<Alarm["severity"], Tone> = { critical: "bad", warning: "attention", notice: "info" };

export function AlarmSeverity({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation();
  return <Status tone={alarm.state === "cleared" ? "quiet" : TONE[alarm.severity]}>{t(`alarms.severity.${alarm.severity}`)}</Status>;
}

/** Boxes newer than this app may raise kinds that have no words here: those are shown by their name. */
export function alarmText(kind: string, t: TFunction): string {
  return t(`alarms.kind.${kind as "stream_gap"}`, { defaultValue: kind });
}

export function alarmHint(kind: string, t: TFunction): string {
  return t(`alarms.hint.${kind as "stream_gap"}`, { defaultValue: "" });
}
