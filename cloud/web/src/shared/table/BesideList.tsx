/** A list and, beside it, the card that was opened from it: the list keeps its place and grows into what is left. */

import { Group } from "@mantine/core";
import type { ReactNode } from "react";

interface BesideListProps {
  children: ReactNode;
  /** Nothing while none is open. */
  panel: ReactNode;
}

export function BesideList({ children, panel }: BesideListProps) {
  return (
    <Group align="flex-start" wrap="nowrap" gap="md">
      <div style={{ flex: 1, minWidth: 0 }}>{children}</div>
      {panel}
    </Group>
  );
}
