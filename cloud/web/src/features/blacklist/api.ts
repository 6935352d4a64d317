/** Whom the gates do not let in. */

import { answer, api } from "@/shared/api/client";
import type { ListSearch, PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";

export type Blocked = components["schemas"]["BlockedOut"];
export type BlockDraft = components["schemas"]["BlockDraft"];
export type BlacklistSearch = ListSearch & { removed?: string };

export const listBlacklist = (query: PageQuery, search: BlacklistSearch) =>
  answer(api.GET("/api/access/blacklist", { params: { query: { ...query, removed: search.removed === "1" } } }));

export const block = (body: BlockDraft) => answer(api.POST("/api/access/blacklist", { body }));

export const unblock = (id: string) =>
  answer(api.DELETE("/api/access/blacklist/{block_id}", { params: { path: { block_id: id } } }));
