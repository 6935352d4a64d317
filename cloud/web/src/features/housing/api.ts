/** Complexes, buildings and premises. */

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import type { HousingSearch } from "./search";

type Schemas = components["schemas"];
export type Complex = Schemas["ComplexRow"];
export type Building = Schemas["BuildingRow"];
export type Premises = Schemas["PremisesRow"];
export type ComplexDraft = Schemas["ComplexDraft"];
export type BuildingDraft = Schemas["BuildingDraft"];
export type PremisesDraft = Schemas["PremisesDraft"];
export type PremisesKind = Schemas["PremisesKind"];

export const listComplexes = (query: PageQuery) => answer(api.GET("/api/housing/complexes", { params: { query } }));

export const listBuildings = (query: PageQuery, search: HousingSearch) =>
  answer(
    api.GET("/api/housing/buildings", {
      params: { query: { ...query, ...(search.complex ? { complex_id: search.complex } : {}) } },
    }),
  );

export const listPremises = (query: PageQuery, search: HousingSearch) =>
  answer(
    api.GET("/api/housing/premises", {
      params: {
        query: {
          ...query,
          ...(search.complex ? { complex_id: search.complex } : {}),
          ...(search.building ? { building_id: search.building } : {}),
          ...(search.kind ? { kind: search.kind as PremisesKind } : {}),
        },
      },
    }),
  );

export const allComplexes = async () => (await listComplexes({ page: 1, page_size: 200 })).items;

export const createComplex = (body: ComplexDraft) => answer(api.POST("/api/housing/complexes", { body }));
export const createBuilding = (body: BuildingDraft) => answer(api.POST("/api/housing/buildings", { body }));
export const createPremises = (body: PremisesDraft) => answer(api.POST("/api/housing/premises", { body }));
