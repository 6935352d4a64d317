/** Passes, as the server keeps them. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import type { InsideSearch, PassSearch } from "./search";

export type PassRow = components["schemas"]["PassRow"];
export type PassCard = components["schemas"]["PassOut"];
export type PassDraft = components["schemas"]["PassDraft"];
type NewPass = components["schemas"]["NewPass"];
export type ChangedPass = Omit<components["schemas"]["ChangedPass"], "reason">;
export type ImportDraft = components["schemas"]["ImportDraft"];
export type Imported = components["schemas"]["Imported"];
export type PassState = components["schemas"]["PassState"];
export type PassKind = components["schemas"]["PassKind"];
export type GuestLink = components["schemas"]["GuestLinkOut"];
export type InsideRow = components["schemas"]["InsideRow"];
export type Occupancy = components["schemas"]["OccupancyOut"];
export type Means = components["schemas"]["Means"];

export function listPasses(query: PageQuery, search: PassSearch, visit: { from: Date; until: Date } | null) {
  return answer(
    api.GET("/api/access/passes", {
      params: {
        query: {
          ...query,
          ...(search.state ? { state: [search.state as PassState] } : {}),
          ...(search.kind ? { kind: [search.kind as PassKind] } : {}),
          ...ofComplex(search),
          ...(search.site ? { site_id: search.site } : {}),
          ...(search.group ? { group_id: search.group } : {}),
          ...(visit ? { visit_from: visit.from.toISOString(), visit_until: visit.until.toISOString() } : {}),
        },
      },
    }),
  );
}

export const countPasses = (search: PassSearch) => answer(api.GET("/api/access/passes/counts", { params: { query: ofComplex(search) } }));

export function listInside(query: PageQuery, search: InsideSearch) {
  return answer(
    api.GET("/api/access/inside", {
      params: {
        query: {
          ...query,
          ...ofComplex(search),
          ...(search.site ? { site_id: search.site } : {}),
          ...(search.zone ? { zone_id: search.zone } : {}),
          ...(search.means ? { means: search.means as Means } : {}),
          ...(search.late ? { overstayed: true } : {}),
        },
      },
    }),
  );
}

export const listOccupancy = (search: InsideSearch) =>
  answer(api.GET("/api/access/occupancy", { params: { query: { ...ofComplex(search), ...(search.site ? { site_id: search.site } : {}) } } }));

export const getPass = (id: string) => answer(api.GET("/api/access/passes/{pass_id}", { params: { path: { pass_id: id } } }));

export const passQuery = (id: string) => queryOptions({ queryKey: ["passes", "one", id], queryFn: () => getPass(id) });

/** What a guest is sent. Whoever has it comes in: it is asked for when it is looked at, and not kept. */
export const guestLinkQuery = (id: string) =>
  queryOptions({
    queryKey: ["passes", "link", id],
    queryFn: () => answer(api.GET("/api/access/passes/{pass_id}/link", { params: { path: { pass_id: id } } })),
    staleTime: 0,
    gcTime: 0,
  });

export const issuePass = (draft: NewPass) => answer(api.POST("/api/access/passes", { body: draft }));

export const changePass = (id: string, draft: ChangedPass, reason: string) =>
  answer(api.PUT("/api/access/passes/{pass_id}", { params: { path: { pass_id: id } }, body: { ...draft, reason } }));

export const revokePasses = (ids: string[], reason: string) =>
  answer(api.POST("/api/access/passes/revoke", { body: { ids, reason } }));

export const approvePasses = (ids: string[]) => answer(api.POST("/api/access/passes/approve", { body: { ids } }));

export type BulkChanged = components["schemas"]["BulkChanged"];

export type ManyDraft = components["schemas"]["BulkDraft"];
export type ManyChange = Pick<ManyDraft, "valid_until" | "points" | "schedule">;

/** `isTrial`: each is judged, and none is changed. */
export const changePasses = (draft: ManyDraft, isTrial: boolean) =>
  answer(api.POST("/api/access/passes/change", { params: { query: { dry_run: isTrial } }, body: draft }));

/** A site's points and zones, as they are chosen from. */
export interface SitePlaces {
  site: string;
  points: readonly { id: string; name: string; zone_id: string | null }[];
  zones: readonly { id: string; name: string }[];
}

/** `sites`: in a steady order. */
export const placesQuery = (sites: readonly string[]) =>
  queryOptions({ queryKey: ["points", "places", sites], queryFn: () => Promise.all(sites.map(placesOfSite)) });

async function placesOfSite(id: string): Promise<SitePlaces> {
  const [site, points, zones] = await Promise.all([
    answer(api.GET("/api/sites/{site_id}", { params: { path: { site_id: id } } })),
    answer(api.GET("/api/points", { params: { query: { site_id: id, page_size: 200 } } })),
    answer(api.GET("/api/sites/{site_id}/zones", { params: { path: { site_id: id } } })),
  ]);
  return { site: site.name, points: points.items, zones };
}

export const refusePasses = (ids: string[], reason: string) =>
  answer(api.POST("/api/access/passes/refuse", { body: { ids, reason } }));

/** `isTrial`: the rows are judged, and nothing is issued. */
export function importPasses(file: File | null, draft: ImportDraft, isTrial: boolean) {
  const form = new FormData();
  if (file) form.append("file", file);
  form.append("draft", JSON.stringify(draft));
  return answer(
    api.POST("/api/access/passes/import", {
      params: { query: { dry_run: isTrial } },
      body: { file: "", draft: "" },
      bodySerializer: () => form,
    }),
  );
}

export async function hostsOf(premisesId: string) {
  const page = await answer(api.GET("/api/people", { params: { query: { premises_id: premisesId, page_size: 20 } } }));
  return page.items;
}

/** What guards did about a pass. */
export const guardsActsQuery = (id: string) =>
  queryOptions({
    queryKey: ["passes", "watch", id],
    queryFn: () => answer(api.GET("/api/watch/passes/{pass_id}", { params: { path: { pass_id: id } } })),
  });
