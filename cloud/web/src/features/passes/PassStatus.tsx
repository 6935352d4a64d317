/** Where a pass stands, as a word with a colour and a shape. */

import { useTranslation } from "react-i18next";

import { Status, type Tone } from "@/shared/ui/Status";
import type { PassState } from "./api";

export const PASS_STATES: readonly PassState[] = ["issued", "inside", "left", "refused", "revoked", "expired"];

const TONE: Record<PassState, Tone> = {
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
