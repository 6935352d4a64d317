/** What was decided, in one word, and why, in a sentence. */

import { useTranslation } from "react-i18next";

import { Status, type Tone } from "@/shared/ui/Status";
import type { Passage } from "./api";

export type VerdictWord = "granted" | "denied" | "stuck" | "confirm";

/** A granted passage whose barrier failed is not "granted" to the one who waits before it. */
export function verdictOf(passage: Pick<Passage, "outcome" | "opened" | "reason">): VerdictWord {
  if (passage.outcome === "denied") return passage.reason === "guard_confirmation" ? "confirm" : "denied";
  return passage.opened === false ? "stuck" : "granted";
}

export const VERDICT_TONE: Record<VerdictWord, Tone> = { granted: "good", denied: "bad", stuck: "attention", confirm: "attention" };

export function Verdict({ passage, size = "sm" }: { passage: Passage; size?: "sm" | "lg" }) {
  const { t } = useTranslation();
  const word = verdictOf(passage);
  return (
    <Status tone={VERDICT_TONE[word]} size={size}>
      {t(`gate.verdict.${word}`)}
    </Status>
  );
}
