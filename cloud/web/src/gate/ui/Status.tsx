/** A status is a word with a colour and a shape: none of the three alone. */

import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleDashed, IconHexagonMinusFilled, IconInfoSquareRoundedFilled } from "@tabler/icons-react";

import classes from "./Status.module.css";

export type Tone = "good" | "bad" | "attention" | "info" | "quiet";

export const SHAPE = {
  good: IconCircleCheckFilled,
  bad: IconHexagonMinusFilled,
  attention: IconAlertTriangleFilled,
  info: IconInfoSquareRoundedFilled,
  quiet: IconCircleDashed,
} as const;

export function Status({ tone, children }: { tone: Tone; children: string }) {
  const Shape = SHAPE[tone];
  return (
    <span className={classes["status"]} data-tone={tone}>
      <Shape size={18} aria-hidden />
      <span>{children}</span>
    </span>
  );
}
