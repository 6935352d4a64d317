/** The passes' forms and acts and a pass's card, loaded once the list is there. */

import { later, useSoon } from "@/shared/ui/later";
import { SidePanelRoom } from "@/shared/ui/SidePanelRoom";

const parts = () => import("./parts");

export const IssueDialog = later(async () => (await parts()).IssueDialog);
export const ChangeDialog = later(async () => (await parts()).ChangeDialog);
export const ImportDialog = later(async () => (await parts()).ImportDialog);
export const RevokeDialog = later(async () => (await parts()).RevokeDialog);
export const ManyDialog = later(async () => (await parts()).ManyDialog);
export const RefuseDialog = later(async () => (await parts()).RefuseDialog);
export const GuestLinkDialog = later(async () => (await parts()).GuestLinkDialog);
export const PassPanel = later(async () => (await parts()).PassPanel, () => <SidePanelRoom />);
export const ApproveChosen = later(async () => (await parts()).ApproveChosen);

/** So that a click has nothing to wait for. */
export function useDialogsSoon(): void {
  useSoon(parts);
}
