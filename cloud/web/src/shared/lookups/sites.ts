/** The sites one may see: few enough to be held whole, and needed everywhere for names and time zones. */

import { queryOptions, useQuery } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";

export type Site = components["schemas"]["SiteCard"];

export const sitesQuery = queryOptions({
  queryKey: ["sites", "all"],
  queryFn: async () => (await answer(api.GET("/api/sites", { params: { query: { page_size: 200 } } }))).items,
  staleTime: 60_000,
});

const NONE: Site[] = [];

export function useSites(): Site[] {
  return useQuery(sitesQuery).data ?? NONE;
}

/** The zone in which a site's clocks run; unknown until the sites are there. */
export function useZoneOf(): (siteId: string) => string | undefined {
  const sites = useSites();
  return (siteId) => sites.find((site) => site.id === siteId)?.time_zone;
}
