/** What narrows a pass beside its term: its week, its points, its way, its ticket; and which of them a kind is about. */

import type { PassKind } from "@/shared/lookups/passKinds";
import { isAnyHour } from "@/shared/week/week";
import type { Entered } from "./draft";

export const CONDITIONS = ["schedule", "points", "direction", "ticket"] as const;
export type Condition = (typeof CONDITIONS)[number];

const CALLED_FOR: Partial<Record<PassKind, Condition>> = { recurring: "schedule", service: "points", contractor: "ticket" };

export const isCalledFor = (condition: Condition, kind: PassKind) => CALLED_FOR[kind] === condition;

export function isSaid(condition: Condition, entered: Pick<Entered, Condition>): boolean {
  switch (condition) {
    case "schedule":
      return !isAnyHour(entered.schedule);
    case "points":
      return entered.points.length > 0;
    case "direction":
      return Boolean(entered.direction);
    case "ticket":
      return entered.ticket.trim() !== "";
  }
}
