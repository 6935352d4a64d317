/** Kinds of passes that people issue, the commonest first. */

import type { components } from "@/shared/api/schema";

export type PassKind = components["schemas"]["PassKind"];

export const PASS_KINDS: readonly PassKind[] = ["guest", "recurring", "resident", "staff", "service", "contractor"];
