/** A pass's state as a tone, and its windows in the language of the page. */

import type { Schema } from "../api/client";
import type { Tone } from "../ui/Status";

export const PASS_TONE: Record<Schema["PassStatus"], Tone> = {
  issued: "info",
  inside: "good",
  left: "quiet",
  overstayed: "attention",
  not_yet: "quiet",
  expired: "quiet",
  used_up: "quiet",
  revoked: "bad",
  blacklisted: "bad",
};

export type Day = "1" | "2" | "3" | "4" | "5" | "6" | "7";

/** `1-5 08:00-20:00` → `пн–пт 08:00–20:00`; what is written otherwise stays as it is. */
export function windowText(window: string, nameOf: (day: Day) => string): string {
  const [days = "", hours = ""] = window.split(" ");
  const named = days.replace(/[1-7]/g, (day) => nameOf(day as Day));
  return `${named} ${hours}`.trim().replace(/-/g, "–");
}
