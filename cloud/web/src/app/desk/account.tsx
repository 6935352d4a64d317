/** My account, loaded when it is opened. */

import { AccountPage } from "@/features/account/AccountPage";

export function Account() {
  return <AccountPage />;
}
