/** What the list of passes opens and does: one file to fetch, larger than all the rest of it. */

export { ApproveChosen } from "./ApproveChosen";
export { GuestLinkDialog } from "./GuestLinkDialog";
export { ImportDialog } from "./ImportDialog";
export { ManyDialog } from "./ManyDialog";
export { ChangeDialog, IssueDialog } from "./PassDialog";
export { PassPanel } from "./PassPanel";
export { RefuseDialog } from "./RefuseDialog";
export { RevokeDialog } from "./RevokeDialog";
