/** The live connection of a face: one stream, and what its events make stale. */

import type { ReactNode } from "react";

import { LiveProvider } from "@/shared/live/LiveProvider";
import { STALE_BY_EVENT } from "./shell/stale";

const URL = "/api/stream";

export function Live({ children }: { children: ReactNode }) {
  return (
    <LiveProvider url={URL} stale={STALE_BY_EVENT}>
      {children}
    </LiveProvider>
  );
}
