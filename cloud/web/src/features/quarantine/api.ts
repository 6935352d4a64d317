/** What boxes sent and the cloud could not take in. */

import { answer, api } from "@/shared/api/client";
import type { Page, PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import type { QuarantineSearch } from "./search";

export type SetAside = components["schemas"]["QuarantineRow"];
export type UnknownType = components["schemas"]["UnknownTypeRow"];
type Reason = components["schemas"]["QuarantineReason"];

export const listSetAside = (query: PageQuery, search: QuarantineSearch) =>
  answer(
    api.GET("/api/quarantine", {
      params: {
        query: {
          ...query,
          ...(search.reason ? { reason: [search.reason as Reason] } : {}),
          ...(search.site ? { site_id: search.site } : {}),
        },
      },
    }),
  );

/** Few enough to come whole. */
export async function listUnknownTypes(_: PageQuery, search: QuarantineSearch): Promise<Page<UnknownType>> {
  const query = search.site ? { site_id: search.site } : {};
  const items = await answer(api.GET("/api/quarantine/types", { params: { query } }));
  return { items, total: items.length, next: null };
}
