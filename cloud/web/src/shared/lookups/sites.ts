/** The sites one meets in lists: few enough to be held whole, and needed everywhere for names and time zones. */

import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import { useComplex } from "@/shared/complex/useComplex";
import { useCompany } from "@/shared/session/me";

export type Site = components["schemas"]["SiteCard"];
export type SiteName = components["schemas"]["SiteName"];

/** Sites as those see them who look after them. */
export const sitesQuery = queryOptions({
  queryKey: ["sites", "all"],
  queryFn: async () => (await answer(api.GET("/api/sites", { params: { query: { page_size: 200 } } }))).items,
  staleTime: 60_000,
});

/** Names and time zones, for all who read anything that happens at a site. */
const namesQuery = queryOptions({
  queryKey: ["sites", "names"],
  queryFn: () => answer(api.GET("/api/site-names")),
  staleTime: 60_000,
});

const WAITS_MS = 1_000;

/** Asked for beside the session, before a page is drawn: filters stand there, and times are told, as the sites are. */
export async function meetSites(client: QueryClient): Promise<void> {
  if (client.getQueryData(namesQuery.queryKey) !== undefined) return;
  await Promise.race([client.query(namesQuery).catch(() => undefined), new Promise((late) => setTimeout(late, WAITS_MS))]);
}

const NONE: SiteName[] = [];

export function useSites(): SiteName[] {
  return useQuery(namesQuery).data ?? NONE;
}

/** For a place that is new: the company's others lie there, more likely than the browser. */
export function useUsualZone(): string {
  const [sites, company] = [useSites(), useCompany()];
  const other = sites.find(({ organisation_id }) => organisation_id === company?.id);
  return other?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Those of the complex that the page shows. */
export function useSitesHere(): SiteName[] {
  const complex = useComplex();
  const sites = useSites();
  return complex === undefined ? sites : sites.filter((site) => site.complex_id === complex);
}

/** The sites of the company that one writes in, first those of the complex that the page shows; undefined until they are known. */
export function useOwnSites(): SiteName[] | undefined {
  const company = useCompany();
  const complex = useComplex();
  const own = useQuery(namesQuery).data?.filter((site) => site.organisation_id === company?.id);
  const isHere = (site: SiteName) => site.complex_id === complex;
  return own && complex !== undefined ? [...own.filter(isHere), ...own.filter((site) => !isHere(site))] : own;
}

/** The zone in which a site's clocks run; unknown until the sites are there. */
export function useZoneOf(): (siteId: string) => string | undefined {
  const sites = useSites();
  return useCallback((siteId) => sites.find((site) => site.id === siteId)?.time_zone, [sites]);
}

/** The zone whose days a list is filtered by: the chosen site's, else the first shown one's; unknown until the sites are there. */
export function useListZone(siteId: string | undefined): string | undefined {
  const { data: sites, isPending } = useQuery(namesQuery);
  const [first] = useSitesHere();
  if (isPending) return undefined;
  return sites?.find((site) => site.id === siteId)?.time_zone ?? first?.time_zone ?? sites?.[0]?.time_zone ?? "UTC";
}
