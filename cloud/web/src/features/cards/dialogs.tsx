/** The forms of cards and the card beside the list, loaded once the list is there. */

import { later, useSoon } from "@/shared/ui/later";
import { SidePanelRoom } from "@/shared/ui/SidePanelRoom";

const adding = () => import("./AddDialog");
const giving = () => import("./GiveDialog");
const moving = () => import("./MoveDialog");
const panel = () => import("./CardPanel");

export const AddDialog = later(async () => (await adding()).AddDialog);
export const GiveDialog = later(async () => (await giving()).GiveDialog);
export const MoveDialog = later(async () => (await moving()).MoveDialog);
export const LabelDialog = later(async () => (await moving()).LabelDialog);
export const CardPanel = later(async () => (await panel()).CardPanel, () => <SidePanelRoom />);

const all = () => Promise.all([adding(), giving(), moving(), panel()]);

/** So that a click has nothing to wait for. */
export function useDialogsSoon(): void {
  useSoon(all);
}
