/** The one refusal that asks something of the guard: the blacklist, with its reason. Others are shown as they came. */

import type { ReactNode } from "react";

import { Problem } from "../api/problem";
import { useWords } from "../i18n";
import { Notice } from "../ui/Notice";

export function Blacklisted({ error, children }: { error: Error; children: ReactNode }) {
  const { t } = useWords();
  if (!(error instanceof Problem) || error.code !== "blacklisted") return children;
  return <Notice tone="bad">{t("visits.blacklisted", { why: error.detail || t("passes.blockedNoReason") })}</Notice>;
}
