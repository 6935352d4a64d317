/** The pass's forms, loaded once the list is there: they are half as large as all the rest of it. */

import { type ComponentProps, lazy, Suspense, useEffect } from "react";

import type * as Dialogs from "./PassDialog";

const load = () => import("./PassDialog");
const Issue = lazy(async () => ({ default: (await load()).IssueDialog }));
const Change = lazy(async () => ({ default: (await load()).ChangeDialog }));

/** So that a click on "issue" or "change" has nothing to wait for. */
export function useDialogsSoon(): void {
  useEffect(() => void load(), []);
}

export function IssueDialog(props: ComponentProps<typeof Dialogs.IssueDialog>) {
  return (
    <Suspense>
      <Issue {...props} />
    </Suspense>
  );
}

export function ChangeDialog(props: ComponentProps<typeof Dialogs.ChangeDialog>) {
  return (
    <Suspense>
      <Change {...props} />
    </Suspense>
  );
}
