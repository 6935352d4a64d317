/** The catalogue's key of each permission: a new permission of the server is a type error until it has words. */

import type { components } from "@/shared/api/schema";

type Permission = components["schemas"]["Permission"];
type Underscored<P extends string> = P extends `${infer Left}.${infer Right}` ? `${Left}_${Right}` : never;
export type PermissionKey = Underscored<Permission>;

/** `passes.read` → `passes_read`: a dot would lead deeper into the catalogue. */
export function permissionKey(permission: Permission): PermissionKey {
  return permission.replace(".", "_") as PermissionKey;
}
