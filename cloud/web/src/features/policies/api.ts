/** What a company allows of each kind of pass, and at each point. */

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";

export type Policy = components["schemas"]["PolicyOut"];
export type PolicyDraft = components["schemas"]["PolicyDraft"];

export const listPolicies = async () => (await answer(api.GET("/api/access/policies", { params: { query: { page_size: 100 } } }))).items;

export const savePolicy = (draft: PolicyDraft) => answer(api.PUT("/api/access/policies", { body: draft }));

export type PointPolicy = components["schemas"]["PointPolicyRow"];
export type PointPolicyDraft = components["schemas"]["PointPolicyDraft"];

export const listPointPolicies = (query: PageQuery) => answer(api.GET("/api/access/point-policies", { params: { query } }));

export const savePointPolicy = (point: string, draft: PointPolicyDraft) =>
  answer(api.PUT("/api/access/point-policies/{point_id}", { params: { path: { point_id: point } }, body: draft }));
