/** What guards did, as the server keeps it. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import type { WatchSearch } from "./search";

type Schemas = components["schemas"];
export type Visit = Schemas["VisitOut"];
export type Shift = Schemas["ShiftOut"];
export type ShiftReport = Schemas["ShiftReportOut"];
export type Decision = Schemas["DecisionOut"];
export type MadePass = Schemas["ConflictOut"];
export type VisitState = Schemas["VisitState"];
export type Verdict = Schemas["Verdict"];
export type DraftState = Schemas["DraftState"];

const common = (query: PageQuery, search: WatchSearch) => ({ ...query, ...(search.site ? { site_id: search.site } : {}), ...ofComplex(search) });

export const listVisits = (query: PageQuery, search: WatchSearch) =>
  answer(api.GET("/api/watch/visits", { params: { query: { ...common(query, search), ...whichVisits(search.state) } } }));

/** One of the states, or, whatever the state is, whom the blacklist names and nobody has seen yet. */
function whichVisits(state: string | undefined): { state?: VisitState; conflict?: true } {
  if (state === "conflict") return { conflict: true };
  return state ? { state: state as VisitState } : {};
}

export const listShifts = (query: PageQuery, search: WatchSearch) => answer(api.GET("/api/watch/shifts", { params: { query: common(query, search) } }));

export const listDecisions = (query: PageQuery, search: WatchSearch) =>
  answer(api.GET("/api/watch/decisions", { params: { query: { ...common(query, search), ...(search.state ? { verdict: search.state as Verdict } : {}) } } }));

export const listMadePasses = (query: PageQuery, search: WatchSearch) =>
  answer(api.GET("/api/watch/passes", { params: { query: { ...common(query, search), ...(search.state ? { state: search.state as DraftState } : {}) } } }));

export const shiftQuery = (id: string) =>
  queryOptions({
    queryKey: ["shifts", "one", id],
    queryFn: () => answer(api.GET("/api/watch/shifts/{shift_id}", { params: { path: { shift_id: id } } })),
  });

export const settleVisit = (visitId: string) => answer(api.POST("/api/watch/visits/{visit_id}/settle", { params: { path: { visit_id: visitId } } }));

export const settle = (passId: string) => answer(api.POST("/api/watch/passes/{pass_id}/settle", { params: { path: { pass_id: passId } } }));
