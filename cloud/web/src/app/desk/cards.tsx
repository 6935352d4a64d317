/** A pass and a passage on addresses of their own, and who is inside, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { PassagePage } from "@/features/board/PassagePage";
import { InsidePage } from "@/features/passes/InsidePage";
import { PassPage } from "@/features/passes/PassPage";

const insideRoute = getRouteApi("/desk/passes/inside");
const passRoute = getRouteApi("/desk/passes/$passId");
const passageRoute = getRouteApi("/desk/board/$passageId");

export function Inside() {
  return <InsidePage search={insideRoute.useSearch()} />;
}

export function Pass() {
  return <PassPage passId={passRoute.useParams().passId} />;
}

export function Passage() {
  return <PassagePage passageId={passageRoute.useParams().passageId} />;
}
