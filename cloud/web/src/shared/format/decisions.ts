/** A guard's decision in words: why, what was added, and what went wrong. */

import type { TFunction } from "i18next";

import type { components } from "@/shared/api/schema";

type Decision = components["schemas"]["DecisionOut"];

export function decisionText(row: Pick<Decision, "reason" | "note" | "opened" | "fault" | "blacklisted">, t: TFunction): string {
  const parts = [
    row.blacklisted && t("watch.inSpite"),
    row.reason && t(`watch.reason.${row.reason}`),
    row.note,
    row.opened === false && t("watch.notOpened", { fault: row.fault }),
    row.opened === null && row.fault && t("watch.openedUnknown"),
  ];
  return parts.filter(Boolean).join(" · ");
}
