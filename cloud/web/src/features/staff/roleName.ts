/** A built-in role's name in the viewer's language; a company's own role as it was named. */

import type { TFunction } from "i18next";

const BUILT_IN = ["administrator", "manager", "dispatcher", "accountant", "engineer", "contractor", "guard", "resident"] as const;

export function roleName(role: { code: string | null; name: string }, t: TFunction): string {
  const code = BUILT_IN.find((known) => known === role.code);
  return code ? t(`role.${code}`) : role.name;
}
