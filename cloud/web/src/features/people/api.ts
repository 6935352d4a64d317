/** Residents and where they live. */

import { answer, api } from "@/shared/api/client";
import type { ListSearch, PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";

type Schemas = components["schemas"];
export type PersonRow = Schemas["PersonRow"];
export type Person = Schemas["PersonOut"];
export type PersonDraft = Schemas["PersonDraft"];
export type Residency = Schemas["ResidencyOut"];
export type ResidencyRole = Schemas["ResidencyRole"];

export const listPeople = (query: PageQuery, search: ListSearch) =>
  answer(api.GET("/api/people", { params: { query: { ...query, ...ofComplex(search) } } }));

export const getPerson = (id: string) => answer(api.GET("/api/people/{person_id}", { params: { path: { person_id: id } } }));

export const createPerson = (body: PersonDraft) => answer(api.POST("/api/people", { body }));

export const changePerson = (id: string, body: PersonDraft) =>
  answer(api.PUT("/api/people/{person_id}", { params: { path: { person_id: id } }, body }));

export const residenciesOf = (id: string) =>
  answer(api.GET("/api/people/{person_id}/residencies", { params: { path: { person_id: id } } }));

export type ResidencyDraft = Schemas["ResidencyDraft"];

export const addResidency = (id: string, { premises_id, role, since, until }: ResidencyDraft) =>
  answer(
    api.POST("/api/people/{person_id}/residencies", {
      params: { path: { person_id: id } },
      body: { premises_id, role, since: since ?? null, until: until ?? null },
    }),
  );

export const removeResidency = (id: string, residencyId: string) =>
  answer(
    api.DELETE("/api/people/{person_id}/residencies/{residency_id}", {
      params: { path: { person_id: id, residency_id: residencyId } },
    }),
  );
