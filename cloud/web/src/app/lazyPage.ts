/** A page whose code comes when it is opened; without a network that is said in its place. */

import { lazyRouteComponent } from "@tanstack/react-router";

import { loaded } from "@/shared/api/loading";

export const lazyPage: typeof lazyRouteComponent = (load, name) => lazyRouteComponent(() => loaded(load()), name);
