/** A pass and a passage on addresses of their own, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { PassagePage } from "@/features/board/PassagePage";
import { PassPage } from "@/features/passes/PassPage";

const passRoute = getRouteApi("/desk/passes/$passId");
const passageRoute = getRouteApi("/desk/board/$passageId");

export function Pass() {
  return <PassPage passId={passRoute.useParams().passId} />;
}

export function Passage() {
  return <PassagePage passageId={passageRoute.useParams().passageId} />;
}
