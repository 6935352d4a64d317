/** Kinds of passes that people issue, the commonest first: all there are, so that no rule shuts one out unseen. */

import type { components } from "@/shared/api/schema";

export type PassKind = components["schemas"]["PassKind"];

const KINDS: Record<PassKind, true> = { guest: true, recurring: true, resident: true, staff: true, service: true, contractor: true, special: true };

export const PASS_KINDS = Object.keys(KINDS) as readonly PassKind[];
