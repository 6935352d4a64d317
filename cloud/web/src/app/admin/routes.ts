/** Administration: companies, staff, roles, the audit trail. */

import { createRoute, redirect } from "@tanstack/react-router";

import { parseAuditSearch } from "@/features/audit/search";
import { parsePolicySearch } from "@/features/policies/search";
import { parseLookSearch } from "@/features/privacy/search";
import { parseQuarantineSearch } from "@/features/quarantine/search";
import { parseListSearch } from "@/shared/api/page";
import { worded } from "@/shared/i18n";
import { meQuery } from "@/shared/session/me";
import { mustBeSignedIn } from "../guard";
import { lazyPage } from "../lazyPage";
import { rootRoute } from "../root";
import { sectionsFor } from "../shell/sections";

const admin = createRoute({
  getParentRoute: () => rootRoute,
  path: "/admin",
  beforeLoad: mustBeSignedIn,
  component: lazyPage(() => worded(["desk", "more", "admin"], import("./pages")), "AdminShell"),
});

const home = createRoute({
  getParentRoute: () => admin,
  path: "/",
  beforeLoad: async ({ context }) => {
    const me = await context.client.query({ ...meQuery, staleTime: "static" });
    throw redirect({ to: sectionsFor("admin", me)[0]?.to ?? "/desk" });
  },
});

const companies = createRoute({
  getParentRoute: () => admin,
  path: "/companies",
  component: lazyPage(() => import("./pages"), "Companies"),
});

const staff = createRoute({
  getParentRoute: () => admin,
  path: "/staff",
  validateSearch: (raw) => parseListSearch(raw, { sorts: ["name", "email", "state", "changed"] }),
  component: lazyPage(() => import("./pages"), "Staff"),
});

const roles = createRoute({
  getParentRoute: () => admin,
  path: "/roles",
  component: lazyPage(() => import("./pages"), "Roles"),
});

const policies = createRoute({
  getParentRoute: () => admin,
  path: "/policies",
  validateSearch: parsePolicySearch,
  component: lazyPage(() => import("./records"), "Policies"),
});

const retention = createRoute({
  getParentRoute: () => admin,
  path: "/retention",
  component: lazyPage(() => import("./privacy"), "Retention"),
});

const looks = createRoute({
  getParentRoute: () => admin,
  path: "/looks",
  validateSearch: parseLookSearch,
  component: lazyPage(() => import("./privacy"), "Looks"),
});

const audit = createRoute({
  getParentRoute: () => admin,
  path: "/audit",
  validateSearch: parseAuditSearch,
  component: lazyPage(() => import("./records"), "Audit"),
});

const quarantine = createRoute({
  getParentRoute: () => admin,
  path: "/quarantine",
  validateSearch: parseQuarantineSearch,
  component: lazyPage(() => import("./records"), "Quarantine"),
});

export const adminRoutes = admin.addChildren([home, companies, staff, roles, policies, retention, looks, audit, quarantine]);
