/** What happened at the gates. */

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { momentInZone } from "@/shared/format/dates";
import type { PassageSearch } from "./search";

export type Passage = components["schemas"]["PassageOut"];
type Outcome = Passage["outcome"];

const DAY_MS = 86_400_000;
const LATEST = 50;

export function listPassages(query: PageQuery, search: PassageSearch, zone: string) {
  const from = search.day ? momentInZone(search.day, "00:00", zone) : null;
  return answer(
    api.GET("/api/access/passages", {
      params: {
        query: {
          ...query,
          ...(search.outcome ? { outcome: search.outcome as Outcome } : {}),
          ...(search.site ? { site_id: search.site } : {}),
          ...(from ? { since: from.toISOString(), until: new Date(from.getTime() + DAY_MS).toISOString() } : {}),
        },
      },
    }),
  );
}

export const getPassage = (id: string) =>
  answer(api.GET("/api/access/passages/{passage_id}", { params: { path: { passage_id: id } } }));

export async function latestPassages() {
  return (await answer(api.GET("/api/access/passages", { params: { query: { page_size: LATEST, sort: "-at" } } }))).items;
}
