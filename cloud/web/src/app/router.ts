/** All addresses of the web app; each face is a tree of its own, and its pages are loaded when they are opened. */

import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";

import { parseSearch, stringifySearch } from "@/shared/format/address";
import { adminRoutes } from "./admin/routes";
import { deskRoutes } from "./desk/routes";
import { entryRoutes } from "./entry/routes";
import { Broken } from "./pages/Broken";
import { rootRoute } from "./root";
import { wallRoute } from "./wall/routes";

const routeTree = rootRoute.addChildren([...entryRoutes, deskRoutes, adminRoutes, wallRoute]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultErrorComponent: Broken,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
