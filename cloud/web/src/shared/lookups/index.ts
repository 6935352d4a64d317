/** What many forms choose from: people, premises, buildings. */

import { answer, api } from "@/shared/api/client";
import { ofComplex } from "@/shared/complex/complex";
import { useComplex } from "@/shared/complex/useComplex";
import type { Found } from "./LookupSelect";

const SHOWN = 20;

function asked(q: string) {
  return { page_size: SHOWN, ...(q ? { q } : {}) };
}

async function findPremises(q: string, complex: string | undefined): Promise<Found[]> {
  const page = await answer(api.GET("/api/housing/premises", { params: { query: { ...asked(q), ...ofComplex({ complex }) } } }));
  return page.items.map(({ id, address }) => ({ id, label: address }));
}

async function findBuildings(q: string, complex: string | undefined): Promise<Found[]> {
  const page = await answer(api.GET("/api/housing/buildings", { params: { query: { ...asked(q), ...ofComplex({ complex }) } } }));
  return page.items.map(({ id, name, complex }) => ({ id, label: `${complex}, ${name}` }));
}

export async function findPeople(q: string): Promise<Found[]> {
  const page = await answer(api.GET("/api/people", { params: { query: asked(q) } }));
  return page.items.map(({ id, name, premises }) => ({ id, label: [name, premises[0]].filter(Boolean).join(" · ") }));
}

interface Lookup {
  queryKey: readonly [string, ...unknown[]];
  find: (q: string) => Promise<Found[]>;
}

/** Premises of the complex that the page shows. */
export function usePremisesLookup(): Lookup {
  const complex = useComplex();
  return { queryKey: ["premises", complex ?? null], find: (q) => findPremises(q, complex) };
}

/** Its buildings. */
export function useBuildingsLookup(): Lookup {
  const complex = useComplex();
  return { queryKey: ["buildings", complex ?? null], find: (q) => findBuildings(q, complex) };
}
