/** Meters, their series and charts. */

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import type { MeterSearch, Step } from "./search";

type Schemas = components["schemas"];
export type MeterRow = Schemas["MeterRow"];
export type Meter = Schemas["MeterOut"];
export type Chart = Schemas["ChartOut"];
export type ChartPoint = Schemas["ChartPoint"];
export type SeriesRow = Schemas["SeriesRow"];
export type Resource = Schemas["Resource"];

export const RESOURCES: readonly Resource[] = ["electricity", "cold_water", "hot_water", "heat", "gas", "other"];

export const listMeters = (query: PageQuery, search: MeterSearch) =>
  answer(
    api.GET("/api/meters", {
      params: {
        query: {
          ...query,
          ...(search.resource ? { resource: search.resource as Resource } : {}),
          ...ofComplex(search),
          ...(search.site ? { site_id: search.site } : {}),
        },
      },
    }),
  );

export const getMeter = (id: string) => answer(api.GET("/api/meters/{meter_id}", { params: { path: { meter_id: id } } }));

export const seriesOf = async (meterId: string) =>
  (await answer(api.GET("/api/telemetry/series", { params: { query: { meter_id: meterId, page_size: 200 } } }))).items;

export const getSeries = (id: number) =>
  answer(api.GET("/api/telemetry/series/{series_id}", { params: { path: { series_id: id } } }));

export const getChart = (id: number, begin: Date, end: Date, step: Step) =>
  answer(
    api.GET("/api/telemetry/series/{series_id}/points", {
      params: {
        path: { series_id: id },
        query: { begin: begin.toISOString(), end: end.toISOString(), resolution: step },
      },
    }),
  );

export type Profile = Schemas["ProfileOut"];

const LINES = new Set(["modbus_tcp", "modbus_rtu"]);

/** Lines that meters can hang on. */
export async function listLines(complex: string | undefined) {
  const { items } = await answer(api.GET("/api/devices", { params: { query: { page_size: 200, ...ofComplex({ complex }) } } }));
  return items.filter(({ driver }) => LINES.has(driver));
}

export const createMeter = (body: Schemas["MeterDraft"]) => answer(api.POST("/api/meters", { body }));

export const removeMeter = (id: string) => answer(api.DELETE("/api/meters/{meter_id}", { params: { path: { meter_id: id } } }));
