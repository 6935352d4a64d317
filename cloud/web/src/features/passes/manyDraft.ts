/** What many passes are to have from now on: the form, and the change that the server takes. */

import { Problem } from "@/shared/api/problem";
import { momentInZone } from "@/shared/format/dates";
import type { ManyChange, SitePlaces } from "./api";

export const WHERE = ["same", "all", "some"] as const;

export interface ManyEntered {
  until: string | null;
  /** Their points stay, become all of their site, or those that are chosen. */
  where: (typeof WHERE)[number];
  /** Ids of points; of zones with `zone:` before them. */
  points: string[];
}

export const UNCHANGED: ManyEntered = { until: null, where: "same", points: [] };

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

/** Throws a Problem at the field where nothing is said. */
export function manyDraft(values: ManyEntered, places: readonly SitePlaces[], zone: string, words: { nothing: string; noPoint: string }): ManyChange {
  if (values.until === null && values.where === "same") throw refusal("valid_until", words.nothing);
  const points = chosen(values, places);
  if (values.where === "some" && points?.length === 0) throw refusal("points", words.noPoint);
  const [day = "", time = ""] = values.until?.split(" ") ?? [];
  return {
    ...(values.until === null ? {} : { valid_until: momentInZone(day, time.slice(0, 5), zone).toISOString() }),
    ...(points === null ? {} : { points }),
  };
}

function chosen({ where, points }: ManyEntered, places: readonly SitePlaces[]): string[] | null {
  if (where === "same") return null;
  if (where === "all") return [];
  const all = places.flatMap((place) => place.points);
  return all.filter(({ id, zone_id }) => points.includes(id) || (zone_id !== null && points.includes(ZONE + zone_id))).map(({ id }) => id);
}

function refusal(path: string, message: string): Problem {
  return new Problem({ title: message, status: 422, code: "needed", fields: [{ path, code: "needed", message }] });
}
