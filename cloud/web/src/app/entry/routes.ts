/** Addresses before sign-in. */

import { createRoute, redirect } from "@tanstack/react-router";

import { sensible } from "@/shared/api/page";
import { meQuery } from "@/shared/session/me";
import { lazyPage } from "../lazyPage";
import { rootRoute } from "../root";

const NOTICES = ["password", "accepted", "first_run", "ended"] as const;
export type Notice = (typeof NOTICES)[number];

export interface SignInSearch {
  /** Where to go then; only within this site. */
  next?: string;
  notice?: Notice;
}

export function parseSignIn(raw: Record<string, unknown>): SignInSearch {
  return sensible(raw, { next: within(raw["next"]), notice: NOTICES.find((known) => known === raw["notice"]) });
}

const HERE = "https://here.invalid";

/** An address of this site as the browser reads it (`/\t/x`, `/..//x` lead elsewhere); undefined: anything else. */
function within(next: unknown): string | undefined {
  if (typeof next !== "string" || !next.startsWith("/") || !URL.canParse(next, HERE)) return undefined;
  const { origin, pathname, search, hash } = new URL(next, HERE);
  return origin === HERE && !pathname.startsWith("//") ? pathname + search + hash : undefined;
}

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/desk" });
  },
});

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: parseSignIn,
  // Whoever is signed in has nothing to do here.
  beforeLoad: async ({ context, search }) => {
    const me = await context.client.query({ ...meQuery, retry: false, staleTime: 0 }).catch(() => null);
    if (me) throw redirect({ href: search.next ?? "/desk" });
  },
  component: lazyPage(() => import("./pages"), "SignInPage"),
});

const askReset = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reset",
  component: lazyPage(() => import("./pages"), "AskResetPage"),
});

const reset = createRoute({
  getParentRoute: () => rootRoute,
  path: "/password-reset",
  component: lazyPage(() => import("./pages"), "NewPasswordPage"),
});

const invitation = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invitation",
  component: lazyPage(() => import("./pages"), "InvitationPage"),
});

const residentInvitation = createRoute({
  getParentRoute: () => rootRoute,
  path: "/resident-invitation",
  component: lazyPage(() => import("./pages"), "ResidentInvitationPage"),
});

const firstRun = createRoute({
  getParentRoute: () => rootRoute,
  path: "/first-run",
  component: lazyPage(() => import("./pages"), "FirstRunPage"),
});

export const entryRoutes = [home, signIn, askReset, reset, invitation, residentInvitation, firstRun] as const;
