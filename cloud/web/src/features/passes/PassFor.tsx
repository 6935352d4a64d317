/** For whom a pass is: the plate first, then the car and the person. */

import { Group, Text } from "@mantine/core";

import { Plate } from "@/shared/ui/Plate";
import type { PassRow } from "./api";

export function PassFor({ pass }: { pass: Pick<PassRow, "plates" | "vehicle" | "holder"> }) {
  const words = [pass.vehicle, pass.holder].filter(Boolean).join(", ");
  return (
    <Group gap={8} wrap="nowrap" component="span" display="inline-flex">
      {pass.plates.map((plate) => (
        <Plate key={plate} canonical={plate} />
      ))}
      {words && (
        <Text span inherit>
          {words}
        </Text>
      )}
    </Group>
  );
}
