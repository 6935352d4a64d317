/** The form of a policy, and the draft that the server takes. */

import { Problem } from "@/shared/api/problem";
import { minuteOf, timeOf } from "@/shared/format/minutes";
import type { Policy, PolicyDraft } from "./api";

export const POINT_LIMITS = ["longest_days", "per_day", "standing"] as const;
export const LIMITS = [...POINT_LIMITS, "vehicles"] as const;
export const HOURS = ["from_minute", "until_minute"] as const;

/** What residents may be let order; who lives or works there for good, the company alone says. */
export const ORDERED: readonly PolicyDraft["kind"][] = ["guest", "service", "recurring", "contractor"];
/** What they may order while the company has no rules for it. */
const ORDERED_UNLESS_SAID: readonly PolicyDraft["kind"][] = ["guest", "service", "recurring"];

export type Entered = Record<(typeof LIMITS)[number], number | null> & Record<(typeof HOURS)[number], string> & { approval: boolean; residents: boolean };

const MIDNIGHT = 1440;

export function entered(policy: Policy | undefined, kind: PolicyDraft["kind"]): Entered {
  return {
    longest_days: policy?.longest_days ?? null,
    per_day: policy?.per_day ?? null,
    standing: policy?.standing ?? null,
    vehicles: policy?.vehicles ?? null,
    from_minute: timeOf(policy?.from_minute ?? null),
    until_minute: timeOf(policy?.until_minute ?? null),
    approval: policy?.approval ?? false,
    residents: policy?.residents ?? ORDERED_UNLESS_SAID.includes(kind),
  };
}

/** Throws a Problem at the field that is no time of day. `24:00`, and `00:00` as an end, are the day's end. */
export function policyDraft(kind: PolicyDraft["kind"], values: Entered, noTime: string): PolicyDraft {
  return { ...values, kind, ...hoursOf(values, noTime) };
}

export type Hours = Record<(typeof HOURS)[number], string>;

/** Both as minutes of the day; throws as `policyDraft`. */
export function hoursOf(values: Hours, noTime: string): Record<(typeof HOURS)[number], number | null> {
  const wrong = HOURS.filter((name) => minuteOf(values[name]) === undefined && !isMidnight(name, values[name]));
  if (wrong.length > 0) {
    throw new Problem({ title: noTime, status: 422, code: "no_time", fields: wrong.map((path) => ({ path, code: "no_time", message: noTime })) });
  }
  const until = isMidnight("until_minute", values.until_minute) ? MIDNIGHT : (minuteOf(values.until_minute) ?? null);
  return { from_minute: minuteOf(values.from_minute) ?? null, until_minute: until };
}

function isMidnight(name: (typeof HOURS)[number], typed: string): boolean {
  return name === "until_minute" && (typed.trim() === "24:00" || minuteOf(typed) === 0);
}
