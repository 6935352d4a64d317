/** A site's form, and the draft that the server takes. */

import type { Site, SiteDraft } from "./api";

type Rule = Site["stale"]["guests"];

/** Keys are the server's own paths, so that its errors find their fields. */
export interface Entered {
  name: string;
  time_zone: string;
  complex_id: string | null;
  /** In hours; null: never. */
  "stale.after_s": number | null;
  "stale.residents": Rule;
  "stale.guests": Rule;
  "stale.services": Rule;
}

export const RULES: readonly Rule[] = ["allow", "guard", "deny"];
export const STALE_PATHS = ["stale.residents", "stale.guests", "stale.services"] as const;

const HOUR_S = 3600;
const FRESH: Site["stale"] = { after_s: null, residents: "allow", guests: "guard", services: "guard" };

const hoursOf = (seconds: number | null | undefined) => (seconds ? Math.round((seconds / HOUR_S) * 100) / 100 : null);

export function entered(site: Site | undefined, fresh: { time_zone: string; complex_id: string | null }): Entered {
  const stale = site?.stale ?? FRESH;
  return {
    name: site?.name ?? "",
    time_zone: site?.time_zone ?? fresh.time_zone,
    complex_id: site ? site.complex_id : fresh.complex_id,
    "stale.after_s": hoursOf(stale.after_s),
    "stale.residents": stale.residents,
    "stale.guests": stale.guests,
    "stale.services": stale.services,
  };
}

/** A time that nobody touched stays as it was to the second. */
export function siteDraft(values: Entered, site: Site | undefined): SiteDraft {
  const hours = values["stale.after_s"];
  const before = site?.stale.after_s ?? null;
  return {
    name: values.name,
    time_zone: values.time_zone,
    complex_id: values.complex_id,
    stale: {
      after_s: hours === hoursOf(before) ? before : hours === null ? null : Math.round(hours * HOUR_S),
      residents: values["stale.residents"],
      guests: values["stale.guests"],
      services: values["stale.services"],
    },
  };
}
