/** The form of a point's rules, and the draft that the server takes. */

import { timeOf } from "@/shared/format/minutes";
import { PASS_KINDS, type PassKind } from "@/shared/lookups/passKinds";
import type { PointPolicy, PointPolicyDraft } from "./api";
import { type Hours, hoursOf, type POINT_LIMITS } from "./policyDraft";

export interface PointEntered extends Hours, Record<(typeof POINT_LIMITS)[number], number | null> {
  kinds: readonly PassKind[];
  residents: boolean;
  approval: boolean;
}

export function pointEntered(policy: PointPolicy): PointEntered {
  return {
    kinds: policy.kinds ?? PASS_KINDS,
    residents: policy.residents,
    approval: policy.approval,
    from_minute: timeOf(policy.from_minute),
    until_minute: timeOf(policy.until_minute),
    longest_days: policy.longest_days,
    per_day: policy.per_day,
    standing: policy.standing,
  };
}

/** Every kind is null: one that comes later is let through, too. Throws as `hoursOf`. */
export function pointDraft(values: PointEntered, noTime: string): PointPolicyDraft {
  const isEvery = PASS_KINDS.every((kind) => values.kinds.includes(kind));
  return { ...values, ...hoursOf(values, noTime), kinds: isEvery ? null : [...values.kinds] };
}
