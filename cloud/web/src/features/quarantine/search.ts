/** What was set aside, as an address. */

import type { ListSearch } from "@/shared/api/page";

export const QUARANTINE_FILTERS = ["tab", "reason", "site"] as const;
export type QuarantineSearch = ListSearch & Partial<Record<(typeof QUARANTINE_FILTERS)[number], string>>;
