/** Meters and their charts, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { MeterPage } from "@/features/meters/MeterPage";
import { MetersPage } from "@/features/meters/MetersPage";

const metersRoute = getRouteApi("/desk/meters");
const meterRoute = getRouteApi("/desk/meters/$meterId");

export function Meters() {
  return <MetersPage search={metersRoute.useSearch()} />;
}

export function Meter() {
  return <MeterPage meterId={meterRoute.useParams().meterId} search={meterRoute.useSearch()} />;
}
