/** Complexes, buildings and premises. */

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import type { HousingSearch } from "./search";

type Schemas = components["schemas"];
export type Complex = Schemas["ComplexRow"];
export type Building = Schemas["BuildingRow"];
export type Premises = Schemas["PremisesRow"];
export type Entrance = Schemas["EntranceOut"];
export type ComplexDraft = Schemas["ComplexDraft"];
export type BuildingDraft = Schemas["BuildingDraft"];
export type ComplexCard = Schemas["ComplexOut"];
export type BuildingCard = Schemas["BuildingOut"];
export type PremisesCard = Schemas["PremisesOut"];
export type PremisesDraft = Schemas["PremisesDraft"];
export type PremisesKind = Schemas["PremisesKind"];

export const listComplexes = (query: PageQuery) => answer(api.GET("/api/housing/complexes", { params: { query } }));

export const listBuildings = (query: PageQuery, search: HousingSearch) =>
  answer(
    api.GET("/api/housing/buildings", {
      params: { query: { ...query, ...ofComplex(search) } },
    }),
  );

export const listPremises = (query: PageQuery, search: HousingSearch) =>
  answer(
    api.GET("/api/housing/premises", {
      params: {
        query: {
          ...query,
          ...ofComplex(search),
          ...(search.building ? { building_id: search.building } : {}),
          ...(search.kind ? { kind: search.kind as PremisesKind } : {}),
        },
      },
    }),
  );

export const allComplexes = async () => (await listComplexes({ page: 1, page_size: 200 })).items;

export const getComplex = (id: string) => answer(api.GET("/api/housing/complexes/{complex_id}", { params: { path: { complex_id: id } } }));

export const getBuilding = (id: string) => answer(api.GET("/api/housing/buildings/{building_id}", { params: { path: { building_id: id } } }));

export const getPremises = (id: string) => answer(api.GET("/api/housing/premises/{premises_id}", { params: { path: { premises_id: id } } }));

export const entrancesOf = (buildingId: string) =>
  answer(api.GET("/api/housing/buildings/{building_id}/entrances", { params: { path: { building_id: buildingId } } }));

export const createEntrance = (body: Schemas["EntranceDraft"]) => answer(api.POST("/api/housing/entrances", { body }));

/** Creates, or changes the one that has the id. */
export const saveComplex = (id: string | undefined, body: ComplexDraft) =>
  id
    ? answer(api.PUT("/api/housing/complexes/{complex_id}", { params: { path: { complex_id: id } }, body }))
    : answer(api.POST("/api/housing/complexes", { body }));

export const saveBuilding = (id: string | undefined, body: BuildingDraft) =>
  id
    ? answer(api.PUT("/api/housing/buildings/{building_id}", { params: { path: { building_id: id } }, body }))
    : answer(api.POST("/api/housing/buildings", { body }));

export const savePremises = (id: string | undefined, body: PremisesDraft) =>
  id
    ? answer(api.PUT("/api/housing/premises/{premises_id}", { params: { path: { premises_id: id } }, body }))
    : answer(api.POST("/api/housing/premises", { body }));
