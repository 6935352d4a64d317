/** What may be done with many passes at once. */

import type { Permission } from "@/shared/session/me";

const PERMISSIONS = { approve: "passes.approve", change: "passes.issue", revoke: "passes.revoke" } as const satisfies Record<string, Permission>;

export type ManyAct = keyof typeof PERMISSIONS;

export function actsOnMany(may: (permission: Permission) => boolean): ManyAct[] {
  return (Object.keys(PERMISSIONS) as ManyAct[]).filter((act) => may(PERMISSIONS[act]));
}
