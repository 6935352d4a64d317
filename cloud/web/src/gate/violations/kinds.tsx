/** The kinds of violations, each with its sign. */

import { IconBarrierBlock, IconCar, IconDog, IconDots, IconFlame, IconGauge, IconHammer, IconTrash, IconVolume2 } from "@tabler/icons-react";

import type { Schema } from "../api/client";

export const KINDS = [
  { kind: "parking", icon: IconCar },
  { kind: "fire_safety", icon: IconFlame },
  { kind: "speed", icon: IconGauge },
  { kind: "breach", icon: IconBarrierBlock },
  { kind: "noise", icon: IconVolume2 },
  { kind: "litter", icon: IconTrash },
  { kind: "damage", icon: IconHammer },
  { kind: "dog", icon: IconDog },
  { kind: "other", icon: IconDots },
] as const satisfies readonly { kind: Schema["ViolationKind"]; icon: unknown }[];
