/** The desk: dispatchers, managers, accountants, guards at a desk. */

import { createRoute, redirect, retainSearchParams } from "@tanstack/react-router";

import { ALARM_STATES } from "@/features/alarms/search";
import { parseBlacklistSearch } from "@/features/blacklist/search";
import { parsePassageSearch } from "@/features/board/search";
import { parseCallSearch } from "@/features/calls/search";
import { parseCardSearch } from "@/features/cards/search";
import { parseHousingSearch } from "@/features/housing/search";
import { parseChartSearch, parseMeterSearch } from "@/features/meters/search";
import { parseInsideSearch, parsePassSearch } from "@/features/passes/search";
import { parsePeopleSearch } from "@/features/people/search";
import { parseViolationSearch } from "@/features/violations/search";
import { parseWatchSearch } from "@/features/watch/search";
import { isId, oneOf, parseListSearch } from "@/shared/api/page";
import { parseStatisticsSearch } from "@/features/statistics/search";
import { parseComplex } from "@/shared/complex/complex";
import { worded } from "@/shared/i18n";
import { meetSites } from "@/shared/lookups/sites";
import { meQuery } from "@/shared/session/me";
import { mustBeSignedIn, mustSayWhichComplex } from "../guard";
import { lazyPage } from "../lazyPage";
import { rootRoute } from "../root";
import { sectionsFor } from "../shell/sections";

const desk = createRoute({
  getParentRoute: () => rootRoute,
  path: "/desk",
  validateSearch: parseComplex,
  search: { middlewares: [retainSearchParams(["complex"])] },
  beforeLoad: async (entering) => {
    const sites = meetSites(entering.context.client);
    await mustBeSignedIn(entering);
    await sites;
    await mustSayWhichComplex(entering);
  },
  component: lazyPage(() => worded(["desk"], import("./pages")), "DeskShell"),
});

const home = createRoute({
  getParentRoute: () => desk,
  path: "/",
  beforeLoad: async ({ context, search }) => {
    const me = await context.client.query({ ...meQuery, staleTime: "static" });
    const first = sectionsFor("desk", me)[0];
    if (first) throw redirect({ to: first.to, search });
    throw redirect({ to: sectionsFor("admin", me)[0]?.to ?? "/desk/account" });
  },
});

const board = createRoute({
  getParentRoute: () => desk,
  path: "/board",
  validateSearch: parsePassageSearch,
  component: lazyPage(() => import("./pages"), "Board"),
});

const alarms = createRoute({
  getParentRoute: () => desk,
  path: "/alarms",
  validateSearch: (raw) =>
    parseListSearch(raw, {
      filters: { state: oneOf(ALARM_STATES), severity: oneOf(["notice", "warning", "critical"]), site: isId },
      sorts: ["raised", "last", "severity", "kind", "site"],
    }),
  component: lazyPage(() => worded(["more"], import("./alarms")), "Alarms"),
});

const passes = createRoute({
  getParentRoute: () => desk,
  path: "/passes",
  validateSearch: parsePassSearch,
  component: lazyPage(() => import("./pages"), "Passes"),
});

const inside = createRoute({
  getParentRoute: () => desk,
  path: "/passes/inside",
  validateSearch: parseInsideSearch,
  component: lazyPage(() => worded(["more"], import("./cards")), "Inside"),
});

const pass = createRoute({
  getParentRoute: () => desk,
  path: "/passes/$passId",
  component: lazyPage(() => worded(["more"], import("./cards")), "Pass"),
});

const cards = createRoute({
  getParentRoute: () => desk,
  path: "/cards",
  validateSearch: parseCardSearch,
  component: lazyPage(() => worded(["more"], import("./stock")), "Cards"),
});

const calls = createRoute({
  getParentRoute: () => desk,
  path: "/calls",
  validateSearch: parseCallSearch,
  component: lazyPage(() => worded(["more"], import("./watch")), "Calls"),
});

const passage = createRoute({
  getParentRoute: () => desk,
  path: "/board/$passageId",
  component: lazyPage(() => worded(["more"], import("./cards")), "Passage"),
});

const sites = createRoute({
  getParentRoute: () => desk,
  path: "/sites",
  component: lazyPage(() => worded(["more"], import("./sites")), "Sites"),
});

const site = createRoute({
  getParentRoute: () => desk,
  path: "/sites/$siteId",
  component: lazyPage(() => worded(["more"], import("./sites")), "Site"),
});

const blacklist = createRoute({
  getParentRoute: () => desk,
  path: "/blacklist",
  validateSearch: parseBlacklistSearch,
  component: lazyPage(() => worded(["more"], import("./records")), "Blacklist"),
});

const people = createRoute({
  getParentRoute: () => desk,
  path: "/people",
  validateSearch: parsePeopleSearch,
  component: lazyPage(() => worded(["more"], import("./records")), "People"),
});

const housing = createRoute({
  getParentRoute: () => desk,
  path: "/housing",
  validateSearch: parseHousingSearch,
  component: lazyPage(() => worded(["more"], import("./records")), "Housing"),
});

const meters = createRoute({
  getParentRoute: () => desk,
  path: "/meters",
  validateSearch: parseMeterSearch,
  component: lazyPage(() => worded(["more"], import("./meters")), "Meters"),
});

const meter = createRoute({
  getParentRoute: () => desk,
  path: "/meters/$meterId",
  validateSearch: parseChartSearch,
  component: lazyPage(() => worded(["more"], import("./meters")), "Meter"),
});

const violations = createRoute({
  getParentRoute: () => desk,
  path: "/violations",
  validateSearch: parseViolationSearch,
  component: lazyPage(() => worded(["more"], import("./watch")), "Violations"),
});

const watch = createRoute({
  getParentRoute: () => desk,
  path: "/watch",
  validateSearch: parseWatchSearch,
  component: lazyPage(() => worded(["more"], import("./watch")), "Watch"),
});

const statistics = createRoute({
  getParentRoute: () => desk,
  path: "/statistics",
  validateSearch: parseStatisticsSearch,
  component: lazyPage(() => worded(["more"], import("./statistics")), "Statistics"),
});

const account = createRoute({
  getParentRoute: () => desk,
  path: "/account",
  component: lazyPage(() => worded(["more"], import("./account")), "Account"),
});

export const deskRoutes = desk.addChildren([home, board, alarms, passes, inside, pass, cards, calls, passage, blacklist, people, housing, sites, site, meters, meter, violations, watch, statistics, account]);
