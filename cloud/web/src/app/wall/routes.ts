/** The wall screen has an address of its own, to be opened by a kiosk. */

import { createRoute, retainSearchParams } from "@tanstack/react-router";

import { parseComplex } from "@/shared/complex/complex";
import { worded } from "@/shared/i18n";
import { mustBeSignedIn } from "../guard";
import { lazyPage } from "../lazyPage";
import { rootRoute } from "../root";

export const wallRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/wall",
  validateSearch: parseComplex,
  search: { middlewares: [retainSearchParams(["complex"])] },
  beforeLoad: mustBeSignedIn,
  component: lazyPage(() => worded(["desk"], import("./page")), "Wall"),
});
