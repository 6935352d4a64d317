/** Retention and the ledger of looks, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { LooksPage } from "@/features/privacy/LooksPage";
import { RetentionPage } from "@/features/privacy/RetentionPage";

const looksRoute = getRouteApi("/admin/looks");

export function Retention() {
  return <RetentionPage />;
}

export function Looks() {
  return <LooksPage search={looksRoute.useSearch()} />;
}
