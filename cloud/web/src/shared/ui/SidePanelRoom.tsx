/** The room of a card beside its list, while the card's own code is on its way. */

import { Box } from "@mantine/core";

import { rem } from "./textScale";

/** It grows with the letters in it. */
export const PANEL_WIDTH = rem(420);

export function SidePanelRoom() {
  return <Box visibleFrom="lg" w={PANEL_WIDTH} flex="none" />;
}
