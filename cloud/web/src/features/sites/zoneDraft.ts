/** A zone's form, and the draft that the server takes. */

import { timeOf } from "@/shared/format/minutes";
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

export function zoneDraft(values: Entered, amnesty: number | null): ZoneDraft {
  return { ...values, amnesty_minute: amnesty };
}
