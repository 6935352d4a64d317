/** What many forms choose from: people, premises, buildings. */

import { answer, api } from "@/shared/api/client";
import type { Found } from "./LookupSelect";

const SHOWN = 20;

function asked(q: string) {
  return { page_size: SHOWN, ...(q ? { q } : {}) };
}

export async function findPremises(q: string): Promise<Found[]> {
  const page = await answer(api.GET("/api/housing/premises", { params: { query: asked(q) } }));
  return page.items.map(({ id, address }) => ({ id, label: address }));
}

export async function findBuildings(q: string): Promise<Found[]> {
  const page = await answer(api.GET("/api/housing/buildings", { params: { query: asked(q) } }));
  return page.items.map(({ id, name, complex }) => ({ id, label: `${complex}, ${name}` }));
}

export async function findPeople(q: string): Promise<Found[]> {
  const page = await answer(api.GET("/api/people", { params: { query: asked(q) } }));
  return page.items.map(({ id, name, premises }) => ({ id, label: [name, premises[0]].filter(Boolean).join(" · ") }));
}
