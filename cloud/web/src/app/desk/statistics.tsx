/** What was counted at the gates, loaded when it is opened. */

import { getRouteApi } from "@tanstack/react-router";

import { StatisticsPage } from "@/features/statistics/StatisticsPage";

const route = getRouteApi("/desk/statistics");

export function Statistics() {
  return <StatisticsPage search={route.useSearch()} />;
}
