/** Who may enter a face: only those who are signed in; others are led to sign-in and back. */

import { redirect } from "@tanstack/react-router";

import { Problem } from "@/shared/api/problem";
import { meQuery } from "@/shared/session/me";
import type { RouterContext } from "./root";

interface Entering {
  context: RouterContext;
  location: { href: string };
}

export async function mustBeSignedIn({ context, location }: Entering): Promise<void> {
  try {
    await context.client.query({ ...meQuery, staleTime: "static" });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      throw redirect({ to: "/sign-in", search: { next: location.href } });
    }
    throw error;
  }
}
