/** The company's cards, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { CardsPage } from "@/features/cards/CardsPage";

const cardsRoute = getRouteApi("/desk/cards");

export function Cards() {
  return <CardsPage search={cardsRoute.useSearch()} />;
}
