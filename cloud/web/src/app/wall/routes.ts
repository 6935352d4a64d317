/** The wall screen has an address of its own, to be opened by a kiosk. */

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { mustBeSignedIn } from "../guard";
import { rootRoute } from "../root";

export const wallRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/wall",
  beforeLoad: mustBeSignedIn,
  component: lazyRouteComponent(() => import("./page"), "Wall"),
});
