/** The blacklist, the residents, the housing, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { BlacklistPage } from "@/features/blacklist/BlacklistPage";
import { HousingPage } from "@/features/housing/HousingPage";
import { PeoplePage } from "@/features/people/PeoplePage";

const blacklistRoute = getRouteApi("/desk/blacklist");
const peopleRoute = getRouteApi("/desk/people");
const housingRoute = getRouteApi("/desk/housing");

export function Blacklist() {
  return <BlacklistPage search={blacklistRoute.useSearch()} />;
}

export function People() {
  return <PeoplePage search={peopleRoute.useSearch()} />;
}

export function Housing() {
  return <HousingPage search={housingRoute.useSearch()} />;
}
