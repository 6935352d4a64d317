/** What a typed text is as a number, and what is wrong with it. Pure. */

export interface Limits {
  min?: number;
  max?: number;
}

/** Null: nothing is typed, or it is no number within the limits. The decimal point is a point. */
export function numberOf(typed: string, limits: Limits): number | null {
  return typed === "" || faultOf(typed, limits) ? null : Number(typed);
}

export type Fault = "none" | "huge" | "between" | "least" | "most";

/** Null: nothing is wrong. What has more digits than a number can hold would be sent as another one. */
export function faultOf(typed: string, { min, max }: Limits): Fault | null {
  if (typed === "") return null;
  const value = /\d/.test(typed) ? Number(typed) : NaN;
  if (Number.isNaN(value)) return "none";
  const isBelow = min !== undefined && value < min;
  const isAbove = max !== undefined && value > max;
  if (isBelow || isAbove) return min === undefined ? "most" : max === undefined ? "least" : "between";
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? "huge" : null;
}
