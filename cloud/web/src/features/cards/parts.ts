/** What the list of cards opens and does: one file to fetch. */

export { AddDialog } from "./AddDialog";
export { CardPanel } from "./CardPanel";
export { GiveDialog } from "./GiveDialog";
export { ManyCardsDialog } from "./ManyCardsDialog";
export { LabelDialog, MoveDialog } from "./MoveDialog";
