/** Whom the gates do not let in. */

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import type { BlacklistSearch } from "./search";

export type Blocked = components["schemas"]["BlockedOut"];
export type BlockDraft = components["schemas"]["BlockDraft"];

export const listBlacklist = (query: PageQuery, search: BlacklistSearch) =>
  answer(api.GET("/api/access/blacklist", { params: { query: { ...query, removed: search.removed === "1", ...ofComplex(search) } } }));

export const block = (body: BlockDraft) => answer(api.POST("/api/access/blacklist", { body }));

/** The same entry once more; not for cards, whose reading the list does not tell. */
export const blockAgain = ({ site_id, plates, person, phone, document, reason, until }: Blocked) =>
  block({ site_id, plate: plates[0] ?? null, person, phone, document, reason, until });

export const unblock = (id: string) =>
  answer(api.DELETE("/api/access/blacklist/{block_id}", { params: { path: { block_id: id } } }));
