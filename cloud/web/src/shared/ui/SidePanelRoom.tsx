/** The room of a card beside its list, while the card's own code is on its way. */

import { Box } from "@mantine/core";

export const PANEL_PX = 420;

export function SidePanelRoom() {
  return <Box visibleFrom="lg" w={PANEL_PX} flex="none" />;
}
