/** The company's cards, and to whom they may be given. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import type { Found } from "@/shared/lookups/LookupSelect";
import type { CardSearch } from "./search";

export type CardRow = components["schemas"]["StockRow"];
export type Card = components["schemas"]["StockOut"];
export type CardState = components["schemas"]["CardState"];
export type CardDraft = components["schemas"]["CardDraft"];
export type GiveDraft = components["schemas"]["GiveDraft"];
export type CardMove = components["schemas"]["CardMove"];

export const listCards = (query: PageQuery, search: CardSearch) =>
  answer(
    api.GET("/api/access/cards", {
      params: { query: { ...query, ...ofComplex(search), ...(search.state ? { state: [search.state as CardState] } : {}) } },
    }),
  );

export const countCards = (search: CardSearch) => answer(api.GET("/api/access/cards/counts", { params: { query: ofComplex(search) } }));

export const cardQuery = (id: string) =>
  queryOptions({
    queryKey: ["cards", "one", id],
    queryFn: () => answer(api.GET("/api/access/cards/{card_id}", { params: { path: { card_id: id } } })),
  });

export const addCard = (card: CardDraft, label: string) => answer(api.POST("/api/access/cards", { body: { card, label } }));

export type Stocked = components["schemas"]["Stocked"];

/** A verdict a line; in a trial nothing is added. */
export const importCards = (cards: { text: string; label: string }[], readAs: string | null, isTrial: boolean) =>
  answer(api.POST("/api/access/cards/import", { params: { query: { dry_run: isTrial } }, body: { cards, read_as: readAs } }));

export const labelCard = (id: string, label: string) =>
  answer(api.PUT("/api/access/cards/{card_id}", { params: { path: { card_id: id } }, body: { label } }));

export const giveCard = (id: string, body: GiveDraft) =>
  answer(api.POST("/api/access/cards/{card_id}/give", { params: { path: { card_id: id } }, body }));

export const moveCard = (id: string, body: CardMove) =>
  answer(api.POST("/api/access/cards/{card_id}/move", { params: { path: { card_id: id } }, body }));

const SHOWN = 20;

/** Passes onto which a card can be put. */
export async function findPasses(q: string, complex: string | undefined): Promise<Found[]> {
  const query = { page_size: SHOWN, ...ofComplex({ complex }), state: ["requested", "issued", "inside", "left"] as const, ...(q ? { q } : {}) };
  const page = await answer(api.GET("/api/access/passes", { params: { query: { ...query, state: [...query.state] } } }));
  return page.items.map(({ id, number, holder, vehicle, address }) => ({
    id,
    label: [`№ ${number}`, holder || vehicle, address].filter(Boolean).join(" · "),
  }));
}

export const personOf = (id: string) => answer(api.GET("/api/people/{person_id}", { params: { path: { person_id: id } } }));

export const residenciesOf = (id: string) =>
  answer(api.GET("/api/people/{person_id}/residencies", { params: { path: { person_id: id } } }));
