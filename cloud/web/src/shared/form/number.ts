/** What a typed text is as a number, and what is wrong with it. Pure. */

export interface Limits {
  min?: number | undefined;
  max?: number | undefined;
  /** Parts of a unit are numbers, too. */
  isFractional?: boolean | undefined;
}

const WHOLE = /^-?\d+$/;
const FRACTIONAL = /^-?(\d+[.,]?\d*|[.,]\d+)$/;
const parsed = (text: string) => Number(text.replace(",", "."));

/** Null: nothing is typed, or it is no number within the limits. */
export function numberOf(typed: string, limits: Limits): number | null {
  const text = typed.trim();
  return text === "" || faultOf(text, limits) ? null : parsed(text);
}

export type Fault = "none" | "whole" | "huge" | "between" | "least" | "most";

/** Null: nothing is wrong. What has more digits than a number can hold would be sent as another one. */
export function faultOf(typed: string, { min, max, isFractional = false }: Limits): Fault | null {
  const text = typed.trim();
  if (text === "") return null;
  if (!FRACTIONAL.test(text)) return "none";
  if (!isFractional && !WHOLE.test(text)) return "whole";
  const value = parsed(text);
  const isBelow = min !== undefined && value < min;
  const isAbove = max !== undefined && value > max;
  if (isBelow || isAbove) return min === undefined ? "most" : max === undefined ? "least" : "between";
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? "huge" : null;
}
