/** Sites and devices, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { SitePage } from "@/features/sites/SitePage";
import { SitesPage } from "@/features/sites/SitesPage";

const siteRoute = getRouteApi("/desk/sites/$siteId");

export function Sites() {
  return <SitesPage />;
}

export function Site() {
  return <SitePage siteId={siteRoute.useParams().siteId} />;
}
