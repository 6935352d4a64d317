/** What happened at the gates. */

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import { dayInZone } from "@/shared/format/dates";
import type { PassageSearch } from "./search";

export type Passage = components["schemas"]["PassageOut"];
type Outcome = Passage["outcome"];

export type LaneRow = components["schemas"]["LaneOut"];

export function listPassages(query: PageQuery, search: PassageSearch, zone: string | undefined) {
  const day = search.day && zone ? dayInZone(search.day, zone) : null;
  return answer(
    api.GET("/api/access/passages", {
      params: {
        query: {
          ...query,
          ...(search.outcome ? { outcome: search.outcome as Outcome } : {}),
          ...ofComplex(search),
          ...(search.site ? { site_id: search.site } : {}),
          ...(search.point ? { point_id: search.point } : {}),
          ...(search.reason ? { reason: [search.reason as Passage["reason"]] } : {}),
          ...(day ? { since: day.from.toISOString(), until: day.until.toISOString() } : {}),
        },
      },
    }),
  );
}

export const getPassage = (id: string) =>
  answer(api.GET("/api/access/passages/{passage_id}", { params: { path: { passage_id: id } } }));

/** Every point with its last passage. */
export const listLanes = (complex: string | undefined) =>
  answer(api.GET("/api/access/lanes", { params: { query: complex ? { complex_id: complex } : {} } }));
