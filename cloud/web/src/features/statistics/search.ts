/** The statistics as an address. */

import { isId, oneOf } from "@/shared/api/page";

export const SPANS = ["day", "week", "month", "year"] as const;

export interface StatisticsSearch {
  span?: string;
  site?: string;
  complex?: string;
}

export function parseStatisticsSearch(raw: Record<string, unknown>): StatisticsSearch {
  const kept = (name: keyof StatisticsSearch, fits: (text: string) => boolean) => {
    const value = raw[name];
    return typeof value === "string" && fits(value) ? { [name]: value } : {};
  };
  return { ...kept("span", oneOf(SPANS)), ...kept("site", isId), ...kept("complex", isId) };
}
