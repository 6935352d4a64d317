/** Times as the site's clocks show them. */

import { createContext, use } from "react";

import { formatDate, formatDateTime, formatTime, isoDay, momentInZone } from "@/shared/format/dates";

export const Zone = createContext<string | undefined>(undefined);

export interface Times {
  zone: string | undefined;
  time: (at: string | Date) => string;
  day: (at: string | Date) => string;
  full: (at: string | Date) => string;
  /** The time alone when it is of today, else with its day. */
  short: (at: string | Date) => string;
  /** To the second. */
  exact: (at: string | Date) => string;
  /** The moment when the site's clocks show `2026-11-22T19:05`. */
  moment: (local: string) => Date;
}

export function timesIn(zone: string | undefined, now: () => Date = () => new Date()): Times {
  const full = (at: string | Date) => formatDateTime(new Date(at), zone);
  const time = (at: string | Date) => formatTime(new Date(at), zone);
  return {
    zone,
    time,
    full,
    day: (at) => formatDate(new Date(at), zone),
    short: (at) => (isoDay(new Date(at), zone) === isoDay(now(), zone) ? time(at) : full(at)),
    exact: (at) => formatDateTime(new Date(at), zone, true),
    moment: (local) => {
      const [day = "", clock = ""] = local.split("T");
      return zone ? momentInZone(day, clock.slice(0, 5), zone) : new Date(local);
    },
  };
}

export function useTimes(): Times {
  return timesIn(use(Zone));
}
