/** Sites, their boxes, points and devices, as the server keeps them. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import { isoDay } from "@/shared/format/dates";

type Schemas = components["schemas"];
export type Site = Schemas["SiteCard"];
export type Box = Schemas["BoxCard"];
export type Point = Schemas["PointCard"];
export type Device = Schemas["DeviceCard"];
export type EnrolmentCode = Schemas["EnrolmentCodeCard"];
export type ConfigPreview = Schemas["ConfigPreview"];
export type Zone = Schemas["ZoneCard"];
export type ZoneDraft = Schemas["ZoneDraft"];

const ALL = { page_size: 200 } as const;

export const listBoxes = async (siteId?: string) =>
  (await answer(api.GET("/api/boxes", { params: { query: { ...ALL, ...(siteId ? { site_id: siteId } : {}) } } }))).items;

export const listPoints = async (siteId: string) =>
  (await answer(api.GET("/api/points", { params: { query: { ...ALL, site_id: siteId } } }))).items;

export const listDevices = async (siteId: string) =>
  (await answer(api.GET("/api/devices", { params: { query: { ...ALL, site_id: siteId } } }))).items;

export const zonesQuery = (siteId: string) =>
  queryOptions({
    queryKey: ["zones", "of", siteId],
    queryFn: () => answer(api.GET("/api/sites/{site_id}/zones", { params: { path: { site_id: siteId } } })),
  });

/** Creates one of the site's, or changes the one that has the id. */
export const saveZone = (siteId: string, id: string | undefined, body: ZoneDraft) =>
  id
    ? answer(api.PUT("/api/zones/{zone_id}", { params: { path: { zone_id: id } }, body }))
    : answer(api.POST("/api/sites/{site_id}/zones", { params: { path: { site_id: siteId } }, body }));

export type SiteDraft = Schemas["SiteDraft"];

/** Creates, or changes the one that has the id. */
export const saveSite = (id: string | undefined, body: SiteDraft) =>
  id ? answer(api.PUT("/api/sites/{site_id}", { params: { path: { site_id: id } }, body })) : answer(api.POST("/api/sites", { body }));

export const createBox = (body: Schemas["BoxDraft"]) => answer(api.POST("/api/boxes", { body }));

export const issueCode = (boxId: string) =>
  answer(api.POST("/api/boxes/{box_id}/code", { params: { path: { box_id: boxId } } }));

export const revokeBox = (boxId: string, reason: string) =>
  answer(api.POST("/api/boxes/{box_id}/revoke", { params: { path: { box_id: boxId } }, body: { reason } }));

/** What a box would be sent now; it changes with the box's points, devices and meters. */
export const configQuery = (boxId: string, language: string) =>
  queryOptions({
    queryKey: ["configuration", boxId, language],
    queryFn: () => answer(api.GET("/api/boxes/{box_id}/configuration/preview", { params: { path: { box_id: boxId } } })),
    staleTime: 0,
  });

/** The queries that tell what a box has not been sent: stale after any change of its site, points or devices. */
export const UNSENT = ["configuration", "boxes", "sites"] as const;

export const applyConfig = (boxId: string) =>
  answer(api.POST("/api/boxes/{box_id}/configuration", { params: { path: { box_id: boxId } } }));

export const createDevice = (body: Schemas["DeviceDraft"]) => answer(api.POST("/api/devices", { body }));

export const changeDevice = (id: string, body: Schemas["DeviceDraft"]) =>
  answer(api.PUT("/api/devices/{device_id}", { params: { path: { device_id: id } }, body }));

export const createPoint = (body: Schemas["PointDraft"]) => answer(api.POST("/api/points", { body }));

export const changePoint = (id: string, body: Schemas["PointDraft"]) =>
  answer(api.PUT("/api/points/{point_id}", { params: { path: { point_id: id } }, body }));

export const removeSite = (id: string) => answer(api.DELETE("/api/sites/{site_id}", { params: { path: { site_id: id } } }));

export const removeBox = (id: string) => answer(api.DELETE("/api/boxes/{box_id}", { params: { path: { box_id: id } } }));

export type Post = Schemas["PostOut"];
export type PostCode = Schemas["PostCode"];

/** Computers where guards sign in at the cloud's own page. */
export const postsQuery = (siteId: string) =>
  queryOptions({ queryKey: ["posts", siteId], queryFn: () => answer(api.GET("/api/sites/{site_id}/gate-posts", { params: { path: { site_id: siteId } } })) });

export const addPost = (siteId: string, name: string) => answer(api.POST("/api/sites/{site_id}/gate-posts", { params: { path: { site_id: siteId } }, body: { name } }));

export const renewPostCode = (id: string) => answer(api.POST("/api/gate-posts/{post_id}/code", { params: { path: { post_id: id } } }));

export const removePost = (id: string) => answer(api.DELETE("/api/gate-posts/{post_id}", { params: { path: { post_id: id } } }));

export type CodeKey = Schemas["CodeKeyOut"];

export const codeKeysQuery = (siteId: string) =>
  queryOptions({ queryKey: ["code-keys", siteId], queryFn: () => answer(api.GET("/api/access/sites/{site_id}/code-keys", { params: { path: { site_id: siteId } } })) });

/** For good; the site's keys as they are then. */
export const revokeCodeKey = (id: string, reason: string) => answer(api.POST("/api/access/code-keys/{key_id}/revoke", { params: { path: { key_id: id } }, body: { reason } }));

export type FireInput = Schemas["FireDraft"];

export const fireQuery = (boxId: string) =>
  queryOptions({ queryKey: ["fire", boxId], queryFn: async () => (await answer(api.GET("/api/boxes/{box_id}/fire", { params: { path: { box_id: boxId } } }))).inputs });

export const setFire = (boxId: string, inputs: FireInput[]) => answer(api.PUT("/api/boxes/{box_id}/fire", { params: { path: { box_id: boxId } }, body: { inputs } }));

export type ServedPage = Schemas["ServedPage"];

export const uploadCertificate = (boxId: string, body: Schemas["PageCertificateDraft"]) =>
  answer(api.PUT("/api/boxes/{box_id}/page-certificate", { params: { path: { box_id: boxId } }, body }));

export const removeCertificate = (boxId: string) => answer(api.DELETE("/api/boxes/{box_id}/page-certificate", { params: { path: { box_id: boxId } } }));

export const archivePoint = (id: string) => answer(api.DELETE("/api/points/{point_id}", { params: { path: { point_id: id } } }));

export const removeDevice = (id: string) => answer(api.DELETE("/api/devices/{device_id}", { params: { path: { device_id: id } } }));

export const removeZone = (id: string) => answer(api.DELETE("/api/zones/{zone_id}", { params: { path: { zone_id: id } } }));

/** Whose doors the points of a site may be. */
export const buildingsOf = async (complexId: string | null) =>
  (await answer(api.GET("/api/housing/buildings", { params: { query: { ...ALL, sort: "name", ...(complexId ? { complex_id: complexId } : {}) } } }))).items;

export const entrancesOf = (buildingId: string) =>
  answer(api.GET("/api/housing/buildings/{building_id}/entrances", { params: { path: { building_id: buildingId } } }));

/** What extracts of a box's journal are signed by. */
export const journalKeysQuery = (boxId: string) =>
  queryOptions({
    queryKey: ["journal-keys", boxId],
    queryFn: () => answer(api.GET("/api/journal/boxes/{box_id}/keys", { params: { path: { box_id: boxId } } })),
  });

export type JournalForm = "pdf" | "jsonl";

/** Has the browser keep what a box's journal took in from one moment until another. */
export async function takeJournal(boxId: string, form: JournalForm, begin: Date, end: Date): Promise<void> {
  const params = { path: { box_id: boxId }, query: { begin: begin.toISOString(), end: end.toISOString() } };
  const asked =
    form === "pdf"
      ? api.GET("/api/journal/boxes/{box_id}/pdf", { params, parseAs: "blob" })
      : api.GET("/api/journal/boxes/{box_id}", { params, parseAs: "blob" });
  const address = URL.createObjectURL((await answer<unknown>(asked)) as Blob);
  const link = Object.assign(document.createElement("a"), { href: address, download: `journal-${isoDay(begin)}.${form}` });
  link.click();
  URL.revokeObjectURL(address);
}
