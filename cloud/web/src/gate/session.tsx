/** Who is signed in, and where: known to everything below the sign-in. */

import { createContext, use } from "react";

import type { Schema } from "./api/client";

export interface Session {
  guard: Schema["Guard"];
  site: Schema["Site"];
  shift: Schema["ShiftView"];
  /** Served by a box, whose certificate a computer has to learn to trust. */
  isBox: boolean;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("nobody is signed in here");
  return session;
}
