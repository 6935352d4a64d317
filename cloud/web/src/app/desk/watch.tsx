/** What guards do, the violations that they record, and who rang at intercoms, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { CallsPage } from "@/features/calls/CallsPage";
import { ViolationsPage } from "@/features/violations/ViolationsPage";
import { WatchPage } from "@/features/watch/WatchPage";

const callsRoute = getRouteApi("/desk/calls");
const violationsRoute = getRouteApi("/desk/violations");
const watchRoute = getRouteApi("/desk/watch");

export function Calls() {
  return <CallsPage search={callsRoute.useSearch()} />;
}

export function Violations() {
  return <ViolationsPage search={violationsRoute.useSearch()} />;
}

export function Watch() {
  return <WatchPage search={watchRoute.useSearch()} />;
}
