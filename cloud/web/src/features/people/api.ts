/** Residents and where they live. */

import { answer, api } from "@/shared/api/client";
import type { ListSearch, PageQuery } from "@/shared/api/page";
import { Problem } from "@/shared/api/problem";
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

export type ResidentAccount = Schemas["ResidentOut"];

/** How a person stands with the resident's app; null: was never invited. */
export async function residentOf(id: string): Promise<ResidentAccount | null> {
  try {
    return await answer(api.GET("/api/people/{person_id}/account", { params: { path: { person_id: id } } }));
  } catch (error) {
    if (error instanceof Problem && error.code === "resident_not_found") return null;
    throw error;
  }
}

export const inviteResident = (id: string, email: string) =>
  answer(
    api.POST("/api/people/{person_id}/account", {
      params: { path: { person_id: id } },
      body: { email, language: document.documentElement.lang === "en" ? "en" : "ru" },
    }),
  );

export const endResident = (id: string) => answer(api.DELETE("/api/people/{person_id}/account", { params: { path: { person_id: id } } }));
