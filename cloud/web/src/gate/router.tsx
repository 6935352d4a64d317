/** All addresses of the guard's face. The address is the state: what is searched for, filtered, opened. */

import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";

import { parseSearch, stringifySearch } from "@/shared/format/address";
import { isDay } from "@/shared/format/dates";
import type { Show, ShowVisits } from "./api/queries";
import { Trust } from "./entry/Trust";
import { Now } from "./now/Now";
import { DraftPass } from "./passes/DraftPass";
import { PassPage } from "./passes/PassPage";
import { Passes } from "./passes/Passes";
import { PassagePage } from "./passages/PassagePage";
import { KINDS, Passages, type PassagesSearch, SHOWS_PASSAGES } from "./passages/Passages";
import { Inside, NotFound, Outside } from "./shell/Shell";
import { Report } from "./shift/Report";
import { Shift } from "./shift/Shift";
import { NewViolation } from "./violations/NewViolation";
import { Violations } from "./violations/Violations";
import { NewVisit } from "./visits/NewVisit";
import { Visits } from "./visits/Visits";

export const SHOWS: readonly Show[] = ["all", "today", "inside", "overstayed", "blacklisted"];
export const SHOWS_VISITS: readonly ShowVisits[] = ["inside", "today", "cards_out"];

function text(raw: unknown): string | undefined {
  return typeof raw === "string" && raw !== "" ? raw : undefined;
}

/** `2026-11-22T19:05`, as the site's clocks show it. */
function moment(raw: unknown): string | undefined {
  const said = text(raw);
  return said && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(said) && isDay(said.slice(0, 10)) ? said : undefined;
}

export interface PassesSearch {
  q?: string | undefined;
  show?: Show | undefined;
}

export interface VisitsSearch {
  q?: string | undefined;
  show?: ShowVisits | undefined;
}

const root = createRootRoute({ component: Outside, notFoundComponent: NotFound });
const inside = createRoute({ getParentRoute: () => root, id: "inside", component: Inside });
const trust = createRoute({ getParentRoute: () => root, path: "/trust", component: Trust });
const now = createRoute({ getParentRoute: () => inside, path: "/", component: Now });
const passes = createRoute({
  getParentRoute: () => inside,
  path: "/passes",
  validateSearch: (raw: Record<string, unknown>): PassesSearch => ({ q: text(raw["q"]), show: SHOWS.find((show) => show === raw["show"]) }),
  component: Passes,
});
export interface Prefilled {
  plate?: string | undefined;
  pass?: string | undefined;
  passage?: string | undefined;
  lane?: string | undefined;
}

/** What a form begins with, when it was opened from a search, a pass, a passage or a lane. */
const prefilled = (raw: Record<string, unknown>): Prefilled => ({
  plate: text(raw["plate"]),
  pass: text(raw["pass"]),
  passage: text(raw["passage"]),
  lane: text(raw["lane"]),
});
const draft = createRoute({ getParentRoute: () => inside, path: "/passes/new", validateSearch: prefilled, component: DraftPass });
const pass = createRoute({ getParentRoute: () => inside, path: "/passes/$id", component: PassPage });
const passages = createRoute({
  getParentRoute: () => inside,
  path: "/passages",
  validateSearch: (raw: Record<string, unknown>): PassagesSearch => ({
    q: text(raw["q"]),
    show: SHOWS_PASSAGES.find((show) => show === raw["show"]),
    rows: KINDS.find((kind) => kind === raw["rows"]),
    point: text(raw["point"]),
    until: moment(raw["until"]),
  }),
  component: Passages,
});
const passage = createRoute({ getParentRoute: () => inside, path: "/passages/$id", component: PassagePage });
const visits = createRoute({
  getParentRoute: () => inside,
  path: "/visits",
  validateSearch: (raw: Record<string, unknown>): VisitsSearch => ({ q: text(raw["q"]), show: SHOWS_VISITS.find((show) => show === raw["show"]) }),
  component: Visits,
});
const newVisit = createRoute({ getParentRoute: () => inside, path: "/visits/new", validateSearch: prefilled, component: NewVisit });
const violations = createRoute({ getParentRoute: () => inside, path: "/violations", component: Violations });
const newViolation = createRoute({ getParentRoute: () => inside, path: "/violations/new", validateSearch: prefilled, component: NewViolation });
const shift = createRoute({ getParentRoute: () => inside, path: "/shift", component: Shift });
const report = createRoute({ getParentRoute: () => inside, path: "/shift/$id", component: Report });

const routeTree = root.addChildren([
  trust,
  inside.addChildren([now, passes, draft, pass, passages, passage, visits, newVisit, violations, newViolation, shift, report]),
]);

export function makeRouter() {
  return createRouter({ routeTree, basepath: "/gate", parseSearch, stringifySearch, scrollRestoration: true });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
