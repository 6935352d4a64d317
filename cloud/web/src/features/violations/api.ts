/** Violations, as the server keeps them. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import type { ViolationSearch } from "./search";

type Schemas = components["schemas"];
export type ViolationRow = Schemas["ViolationRow"];
export type Violation = Schemas["ViolationOut"];
export type ViolationState = Schemas["ViolationState"];
export type ViolationKind = Schemas["ViolationKind"];
export type NextStep = Schemas["NextStep"];
export type Picture = Schemas["PictureOut"];

export function listViolations(query: PageQuery, search: ViolationSearch) {
  return answer(
    api.GET("/api/violations", {
      params: {
        query: {
          ...query,
          ...(search.state ? { state: [search.state as ViolationState] } : {}),
          ...(search.kind ? { kind: [search.kind as ViolationKind] } : {}),
          ...(search.site ? { site_id: search.site } : {}),
          ...ofComplex(search),
        },
      },
    }),
  );
}

export const violationQuery = (id: string) =>
  queryOptions({
    queryKey: ["violations", "one", id],
    queryFn: () => answer(api.GET("/api/violations/{violation_id}", { params: { path: { violation_id: id } } })),
  });

/** `since`: the state that was seen, so that two do not step past each other. */
export const stepViolation = (id: string, body: Schemas["StepDraft"]) =>
  answer(api.POST("/api/violations/{violation_id}/step", { params: { path: { violation_id: id } }, body }));
