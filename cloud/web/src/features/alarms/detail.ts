/** What a box or the cloud says of an alarm beside its kind, in the reader's words where it is a sentence of ours. */

import type { TFunction } from "i18next";

import { formatDateTime } from "@/shared/format/dates";
import type { Alarm } from "./api";

const GIVEN_UP = ["decisions_unwritten", "stills_dropped", "video_dropped", "readings_thinned", "readings_dropped"] as const;
const BARRIERS = new Set(["barrier_forced", "barrier_held_open", "barrier_stuck"]);
const MOMENT = "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)";
const PERIOD = new RegExp(`^${MOMENT} to ${MOMENT}$`);
const FREE = /^(\d+) MB free$/;
const FIRE = /^input (\d+): (\d+) points are opened and held open$/;
const FIRE_OVER = /^input (\d+) is back$/;
const UNASSIGNED = /^read at a device that stands at no point: (.*)$/s;
const NO_FACES = /^(\d+) faces: (.*)$/s;

type Told = Pick<Alarm, "kind" | "detail">;

export function alarmDetail({ kind, detail }: Told, t: TFunction, zone?: string): string {
  if (BARRIERS.has(kind)) return ""; // the kind says it all
  if (kind === "shortage" || kind === "decisions_unwritten") return givenUp(detail, t, zone);
  const [, input, count] = FIRE.exec(detail) ?? [];
  if (input) return t("alarms.said.fire", { input, count: Number(count) });
  const [, back] = FIRE_OVER.exec(detail) ?? [];
  if (back) return t("alarms.said.fireOver", { input: back });
  const [, seen] = UNASSIGNED.exec(detail) ?? [];
  if (seen) return t("alarms.said.seen", { seen: seen === "a code" ? t("alarms.said.code") : seen });
  const [, faces, why] = NO_FACES.exec(detail) ?? [];
  return faces ? t("alarms.said.faces", { count: Number(faces), why }) : detail;
}

/** What was given up is told as a code, a count, and the room that was left or the time that it took. */
function givenUp(detail: string, t: TFunction, zone?: string): string {
  const [code = "", count = "", ...rest] = detail.split(" ");
  const name = GIVEN_UP.find((each) => each === code);
  return name ? `${t(`alarms.given.${name}`, { count: Number(count) })} ${circumstance(rest.join(" "), t, zone)}`.trim() : detail;
}

function circumstance(text: string, t: TFunction, zone?: string): string {
  const [, free] = FREE.exec(text) ?? [];
  if (free) return t("alarms.said.free", { megabytes: free });
  const [, from, until] = PERIOD.exec(text) ?? [];
  return from && until ? `${[from, until].map((at) => formatDateTime(new Date(at), zone, true)).join(" – ")}.` : text;
}
