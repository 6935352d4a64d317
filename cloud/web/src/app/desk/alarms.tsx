/** Alarms, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { AlarmsPage } from "@/features/alarms/AlarmsPage";

const alarmsRoute = getRouteApi("/desk/alarms");

export function Alarms() {
  return <AlarmsPage search={alarmsRoute.useSearch()} />;
}
