/** The forms of cards and the card beside the list, loaded once the list is there. */

import { later, useSoon } from "@/shared/ui/later";
import { SidePanelRoom } from "@/shared/ui/SidePanelRoom";

const parts = () => import("./parts");

export const AddDialog = later(async () => (await parts()).AddDialog);
export const GiveDialog = later(async () => (await parts()).GiveDialog);
export const MoveDialog = later(async () => (await parts()).MoveDialog);
export const LabelDialog = later(async () => (await parts()).LabelDialog);
export const ManyCardsDialog = later(async () => (await parts()).ManyCardsDialog);
export const CardPanel = later(async () => (await parts()).CardPanel, () => <SidePanelRoom />);

/** So that a click has nothing to wait for. */
export function useDialogsSoon(): void {
  useSoon(parts);
}
