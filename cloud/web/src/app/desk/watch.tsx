/** What guards do, and the violations that they record, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { ViolationsPage } from "@/features/violations/ViolationsPage";
import { WatchPage } from "@/features/watch/WatchPage";

const violationsRoute = getRouteApi("/desk/violations");
const watchRoute = getRouteApi("/desk/watch");

export function Violations() {
  return <ViolationsPage search={violationsRoute.useSearch()} />;
}

export function Watch() {
  return <WatchPage search={watchRoute.useSearch()} />;
}
