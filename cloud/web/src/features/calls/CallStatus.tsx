/** What became of a call: a word with a colour and a shape. */

import { useTranslation } from "react-i18next";

import { Status, type Tone } from "@/shared/ui/Status";
import type { CallState } from "./api";

const TONE: Record<CallState, Tone> = {
  ringing: "attention",
  talking: "info",
  opened: "good",
  refused: "bad",
  answered: "info",
  missed: "quiet",
};

export function CallStatus({ state }: { state: CallState }) {
  const { t } = useTranslation();
  return <Status tone={TONE[state]}>{t(`calls.state.${state}`)}</Status>;
}
