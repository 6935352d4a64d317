/** The audit trail as an address. */

import { type ListSearch, oneOf, parseListSearch } from "@/shared/api/page";
import { isDay } from "@/shared/format/dates";
import { AUDITED } from "./actions";

export type AuditSearch = ListSearch & { kind?: string; day?: string };

export const parseAuditSearch = (raw: Record<string, unknown>): AuditSearch =>
  parseListSearch(raw, { filters: { kind: oneOf(AUDITED), day: isDay }, sorts: ["at"] });
