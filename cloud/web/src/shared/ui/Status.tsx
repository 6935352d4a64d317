/** A status is a word with a colour and a shape: none of the three alone. */

import { Group, Text } from "@mantine/core";
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconHexagonMinusFilled,
  IconInfoSquareRoundedFilled,
} from "@tabler/icons-react";

export type Tone = "good" | "bad" | "attention" | "info" | "quiet";

const SHAPE = {
  good: IconCircleCheckFilled,
  bad: IconHexagonMinusFilled,
  attention: IconAlertTriangleFilled,
  info: IconInfoSquareRoundedFilled,
  quiet: IconCircleDashed,
} as const;

export const TONE_COLOUR: Record<Tone, string> = {
  good: "var(--domovoy-granted)",
  bad: "var(--domovoy-denied)",
  attention: "var(--domovoy-attention)",
  info: "var(--domovoy-info)",
  quiet: "var(--domovoy-quiet)",
};

interface StatusProps {
  tone: Tone;
  children: string;
  size?: "sm" | "lg";
}

export function Status({ tone, children, size = "sm" }: StatusProps) {
  const Shape = SHAPE[tone];
  return (
    <Group gap={size === "lg" ? 8 : 6} wrap="nowrap" c={TONE_COLOUR[tone]} component="span" display="inline-flex">
      <Shape size={size === "lg" ? 24 : 16} aria-hidden style={{ flexShrink: 0 }} />
      <Text span inherit fz={size === "lg" ? "lg" : "sm"} fw={size === "lg" ? 700 : 550} lh={1.25}>
        {children}
      </Text>
    </Group>
  );
}
