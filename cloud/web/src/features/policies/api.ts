/** What a company allows of each kind of pass. */

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";

export type Policy = components["schemas"]["PolicyOut"];
export type PolicyDraft = components["schemas"]["PolicyDraft"];

export const listPolicies = async () => (await answer(api.GET("/api/access/policies", { params: { query: { page_size: 100 } } }))).items;

export const savePolicy = (draft: PolicyDraft) => answer(api.PUT("/api/access/policies", { body: draft }));
