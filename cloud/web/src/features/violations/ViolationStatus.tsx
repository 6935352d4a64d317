/** Where a case stands: a word with a colour and a shape. */

import { useTranslation } from "react-i18next";

import { Status, type Tone } from "@/shared/ui/Status";
import type { ViolationState } from "./api";

const TONE: Record<ViolationState, Tone> = {
  recorded: "attention",
  notified: "info",
  appealed: "attention",
  confirmed: "bad",
  dismissed: "quiet",
  charged: "good",
};

export function ViolationStatus({ state }: { state: ViolationState }) {
  const { t } = useTranslation();
  return <Status tone={TONE[state]}>{t(`violations.state.${state}`)}</Status>;
}
