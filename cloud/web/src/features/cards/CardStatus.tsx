/** Where a card is, as a word with a colour and a shape. */

import { useTranslation } from "react-i18next";

import { Status, type Tone } from "@/shared/ui/Status";
import type { CardState } from "./api";

const TONE: Record<CardState, Tone> = { stock: "quiet", given: "good", overdue: "attention", lost: "bad", destroyed: "quiet" };

export function CardStatus({ state }: { state: CardState }) {
  const { t } = useTranslation();
  return <Status tone={TONE[state]}>{t(`cards.state.${state}`)}</Status>;
}
