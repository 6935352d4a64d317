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

const KINDS = ["stream_forked", "stream_gap", "record_quarantined", "held_item_unreadable", "reader_unassigned", "no_room_for_files", "shortage", "decisions_unwritten", "fire", "barrier_forced", "barrier_held_open", "barrier_stuck", "reader_tamper", "camera_tamper", "camera_signal", "camera_recording", "faces_unwritten", "exit_button_stuck"] as const;

const known = (kind: string) => KINDS.find((name) => name === kind);

/** Boxes may raise kinds that have no words here: those are shown by their name. */
export function alarmText(kind: string, t: TFunction): string {
  const name = known(kind);
  return name ? t(`alarms.kind.${name}`) : kind;
}

export function alarmHint(kind: string, t: TFunction): string {
  const name = known(kind);
  return name ? t(`alarms.hint.${name}`) : "";
}
