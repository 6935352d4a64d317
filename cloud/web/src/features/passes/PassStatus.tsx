/** Where a pass stands, as a word with a colour and a shape. */

import { useTranslation } from "react-i18next";

import { Status, type Tone } from "@/shared/ui/Status";
import type { PassState } from "./api";

/** A pass in such a state is history: nothing can be done to it. */
export const ENDED: ReadonlySet<PassState> = new Set(["revoked", "refused", "expired"]);

const TONE: Record<PassState, Tone> = {
  requested: "attention",
  issued: "info",
  inside: "good",
  left: "quiet",
  refused: "bad",
  revoked: "bad",
  expired: "attention",
};

export function PassStatus({ state }: { state: PassState }) {
  const { t } = useTranslation();
  return <Status tone={TONE[state]}>{t(`passes.state.${state}`)}</Status>;
}
