/** The pass's forms and its card, loaded once the list is there: they are larger than all the rest of it. */

import { later, useSoon } from "@/shared/ui/later";
import { SidePanelRoom } from "@/shared/ui/SidePanelRoom";

const forms = () => import("./PassDialog");
const importing = () => import("./ImportDialog");
const revoking = () => import("./RevokeDialog");
const changing = () => import("./ManyDialog");
const refusing = () => import("./RefuseDialog");
const link = () => import("./GuestLinkDialog");
const card = () => import("./PassPanel");

export const IssueDialog = later(async () => (await forms()).IssueDialog);
export const ChangeDialog = later(async () => (await forms()).ChangeDialog);
export const ImportDialog = later(async () => (await importing()).ImportDialog);
export const RevokeDialog = later(async () => (await revoking()).RevokeDialog);
export const ManyDialog = later(async () => (await changing()).ManyDialog);
export const RefuseDialog = later(async () => (await refusing()).RefuseDialog);
export const GuestLinkDialog = later(async () => (await link()).GuestLinkDialog);
export const PassPanel = later(async () => (await card()).PassPanel, () => <SidePanelRoom />);

const all = () => Promise.all([forms(), importing(), revoking(), changing(), refusing(), link(), card()]);

/** So that a click has nothing to wait for. */
export function useDialogsSoon(): void {
  useSoon(all);
}
