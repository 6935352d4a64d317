/** The moments of a chart's rows in words, each told once: an hour that a night of changed clocks has twice says which it is. */

import { formatDate, formatDateTime, zoneOffsetMinutes } from "@/shared/format/dates";
import type { Chart } from "./api";

export function momentTexts(ats: readonly string[], { resolution, zone }: Pick<Chart, "resolution" | "zone">): string[] {
  const texts = ats.map((at) => (resolution === "day" ? formatDate(new Date(at), zone) : formatDateTime(new Date(at), zone, resolution === "raw")));
  const offsets = ats.map((at) => zoneOffsetMinutes(new Date(at), zone));
  const hours = ats.map((at) => formatDateTime(new Date(at), zone).slice(0, -2));
  return texts.map((text, index) => {
    const isTwice = resolution !== "day" && hours.some((hour, other) => hour === hours[index] && offsets[other] !== offsets[index]);
    return isTwice ? `${text} (${offsetText(offsets[index] ?? 0)})` : text;
  });
}

/** `UTC+3`, `UTC−3:30` */
function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}
