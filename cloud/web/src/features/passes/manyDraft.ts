/** What many passes are to have from now on: the form, and the change that the server takes. */

import { Problem } from "@/shared/api/problem";
import { momentInZone } from "@/shared/format/dates";
import { type EnteredWindow, isAnyHour, type WeekWords, windowsOf } from "@/shared/week/week";
import type { ManyChange, SitePlaces } from "./api";

export const WHERE = ["same", "all", "some"] as const;
export const WHEN = ["same", "any", "some"] as const;

export interface ManyEntered {
  until: string | null;
  /** Their points stay, become all of their site, or those that are chosen. */
  where: (typeof WHERE)[number];
  /** Ids of points; of zones with `zone:` before them. */
  points: string[];
  /** Their hours stay, are any from now on, or those that are entered. */
  when: (typeof WHEN)[number];
  schedule: EnteredWindow[];
}

export const UNCHANGED: ManyEntered = { until: null, where: "same", points: [], when: "same", schedule: [] };

const ZONE = "zone:";

/** Zones first: one stands for all points that lead into it. */
export function placesOf(places: readonly SitePlaces[], zones: string) {
  const isOfSeveral = places.length > 1;
  const named = (name: string, site: string) => (isOfSeveral ? `${name}, ${site}` : name);
  const led = places.flatMap(({ site, points, zones: all }) =>
    all.filter(({ id }) => points.some(({ zone_id }) => zone_id === id)).map(({ id, name }) => ({ value: ZONE + id, label: named(name, site) })),
  );
  return [
    ...(led.length > 0 ? [{ group: zones, items: led }] : []),
    ...places.map(({ site, points }) => ({ group: site, items: points.map(({ id, name }) => ({ value: id, label: named(name, site) })) })),
  ];
}

interface ManyWords extends WeekWords {
  nothing: string;
  noPoint: string;
  noHours: string;
}

/** Throws a Problem at the field where nothing is said, or as `windowsOf`. */
export function manyDraft(values: ManyEntered, places: readonly SitePlaces[], zone: string, words: ManyWords): ManyChange {
  if (values.until === null && values.where === "same" && values.when === "same") throw refusal("valid_until", words.nothing);
  const points = chosen(values, places);
  if (values.where === "some" && points?.length === 0) throw refusal("points", words.noPoint);
  if (values.when === "some" && isAnyHour(values.schedule)) throw refusal("schedule", words.noHours);
  const [day = "", time = ""] = values.until?.split(" ") ?? [];
  return {
    ...(values.until === null ? {} : { valid_until: momentInZone(day, time.slice(0, 5), zone).toISOString() }),
    ...(points === null ? {} : { points }),
    ...(values.when === "same" ? {} : { schedule: values.when === "any" ? [] : windowsOf(values.schedule, words) }),
  };
}

function chosen({ where, points }: ManyEntered, places: readonly SitePlaces[]): string[] | null {
  if (where === "same") return null;
  return where === "all" ? [] : pointsAmong(points, places);
}

/** Points that are chosen by themselves or with their zone. */
export function pointsAmong(points: readonly string[], places: readonly SitePlaces[]): string[] {
  const all = places.flatMap((place) => place.points);
  return all.filter(({ id, zone_id }) => points.includes(id) || (zone_id !== null && points.includes(ZONE + zone_id))).map(({ id }) => id);
}

function refusal(path: string, message: string): Problem {
  return new Problem({ title: message, status: 422, code: "needed", fields: [{ path, code: "needed", message }] });
}
