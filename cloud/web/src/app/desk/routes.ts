/** The desk: dispatchers, managers, accountants, guards at a desk. */

import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { ALARM_FILTERS } from "@/features/alarms/search";
import { PASSAGE_FILTERS } from "@/features/board/search";
import { HOUSING_FILTERS } from "@/features/housing/search";
import { parseChartSearch, parseMeterSearch } from "@/features/meters/search";
import { PASS_FILTERS } from "@/features/passes/search";
import { parseListSearch } from "@/shared/api/page";
import { meQuery } from "@/shared/session/me";
import { mustBeSignedIn } from "../guard";
import { rootRoute } from "../root";
import { sectionsFor } from "../shell/sections";

const desk = createRoute({
  getParentRoute: () => rootRoute,
  path: "/desk",
  beforeLoad: mustBeSignedIn,
  component: lazyRouteComponent(() => import("./pages"), "DeskShell"),
});

const home = createRoute({
  getParentRoute: () => desk,
  path: "/",
  beforeLoad: async ({ context }) => {
    const me = await context.client.query({ ...meQuery, staleTime: "static" });
    const first = sectionsFor("desk", me)[0] ?? sectionsFor("admin", me)[0];
    throw redirect({ to: first?.to ?? "/desk/account" });
  },
});

const board = createRoute({
  getParentRoute: () => desk,
  path: "/board",
  validateSearch: (raw) => parseListSearch(raw, PASSAGE_FILTERS),
  component: lazyRouteComponent(() => import("./pages"), "Board"),
});

const alarms = createRoute({
  getParentRoute: () => desk,
  path: "/alarms",
  validateSearch: (raw) => parseListSearch(raw, ALARM_FILTERS),
  component: lazyRouteComponent(() => import("./alarms"), "Alarms"),
});

const passes = createRoute({
  getParentRoute: () => desk,
  path: "/passes",
  validateSearch: (raw) => parseListSearch(raw, PASS_FILTERS),
  component: lazyRouteComponent(() => import("./pages"), "Passes"),
});

const pass = createRoute({
  getParentRoute: () => desk,
  path: "/passes/$passId",
  component: lazyRouteComponent(() => import("./cards"), "Pass"),
});

const passage = createRoute({
  getParentRoute: () => desk,
  path: "/board/$passageId",
  component: lazyRouteComponent(() => import("./cards"), "Passage"),
});

const sites = createRoute({
  getParentRoute: () => desk,
  path: "/sites",
  component: lazyRouteComponent(() => import("./sites"), "Sites"),
});

const site = createRoute({
  getParentRoute: () => desk,
  path: "/sites/$siteId",
  component: lazyRouteComponent(() => import("./sites"), "Site"),
});

const blacklist = createRoute({
  getParentRoute: () => desk,
  path: "/blacklist",
  validateSearch: (raw) => parseListSearch(raw, ["removed"]),
  component: lazyRouteComponent(() => import("./records"), "Blacklist"),
});

const people = createRoute({
  getParentRoute: () => desk,
  path: "/people",
  validateSearch: (raw) => parseListSearch(raw),
  component: lazyRouteComponent(() => import("./records"), "People"),
});

const housing = createRoute({
  getParentRoute: () => desk,
  path: "/housing",
  validateSearch: (raw) => parseListSearch(raw, HOUSING_FILTERS),
  component: lazyRouteComponent(() => import("./records"), "Housing"),
});

const meters = createRoute({
  getParentRoute: () => desk,
  path: "/meters",
  validateSearch: parseMeterSearch,
  component: lazyRouteComponent(() => import("./meters"), "Meters"),
});

const meter = createRoute({
  getParentRoute: () => desk,
  path: "/meters/$meterId",
  validateSearch: parseChartSearch,
  component: lazyRouteComponent(() => import("./meters"), "Meter"),
});

const account = createRoute({
  getParentRoute: () => desk,
  path: "/account",
  component: lazyRouteComponent(() => import("./account"), "Account"),
});

export const deskRoutes = desk.addChildren([home, board, alarms, passes, pass, passage, blacklist, people, housing, sites, site, meters, meter, account]);
