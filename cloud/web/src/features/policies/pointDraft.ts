/** The form of a point's rules, and the draft that the server takes. */

import { timeOf } from "@/shared/format/minutes";
import { PASS_KINDS, type PassKind } from "@/shared/lookups/passKinds";
import type { PointPolicy, PointPolicyDraft } from "./api";
import { type Hours, hoursOf } from "./policyDraft";

export interface PointEntered extends Hours {
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
  };
}

/** Every kind is null: one that comes later is let through, too. Throws as `hoursOf`. */
export function pointDraft(values: PointEntered, noTime: string): PointPolicyDraft {
  const isEvery = PASS_KINDS.every((kind) => values.kinds.includes(kind));
  return { ...hoursOf(values, noTime), kinds: isEvery ? null : [...values.kinds], residents: values.residents, approval: values.approval };
}
