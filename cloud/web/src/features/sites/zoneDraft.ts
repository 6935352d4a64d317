/** A zone's form, and the draft that the server takes. */

import type { Zone, ZoneDraft } from "./api";

export interface Entered {
  name: string;
  parent_id: string | null;
  anti_passback: Zone["anti_passback"];
  /** `04:00` on the site's clock; empty: never. */
  amnesty_minute: string;
  capacity: number | null;
  vehicles_only: boolean;
}

export const ANTI_PASSBACK: readonly Zone["anti_passback"][] = ["off", "soft", "hard"];

export function entered(zone: Zone | undefined): Entered {
  return {
    name: zone?.name ?? "",
    parent_id: zone?.parent_id ?? null,
    anti_passback: zone?.anti_passback ?? "off",
    amnesty_minute: timeOf(zone?.amnesty_minute ?? null),
    capacity: zone?.capacity ?? null,
    vehicles_only: zone?.vehicles_only ?? false,
  };
}

/** 240 → `04:00`. */
export function timeOf(minute: number | null): string {
  if (minute === null) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** `4:00`, `04.00`, `0400` → 240; null: nothing was typed; undefined: that is no time of day. */
export function minuteOf(typed: string): number | null | undefined {
  if (typed.trim() === "") return null;
  const [, hour, minute] = /^(\d{1,2})[:.]?(\d{2})$/.exec(typed.trim()) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  return Number(hour) < 24 && Number(minute) < 60 ? Number(hour) * 60 + Number(minute) : undefined;
}

export function zoneDraft(values: Entered, amnesty: number | null): ZoneDraft {
  return { ...values, amnesty_minute: amnesty };
}
