/** Who acted: a person by name, the house itself in words. */

import type { TFunction } from "i18next";

import type { components } from "@/shared/api/schema";

/** The house's own names are identifiers: `system`, `enrolment`, or the event that it followed. */
const OWN_NAME = /^[a-z][a-z_.]*$/;

export function actorText({ actor, account_id }: Pick<components["schemas"]["AuditRow"], "actor" | "account_id">, t: TFunction): string {
  if (account_id !== null || !OWN_NAME.test(actor)) return actor;
  return t(actor === "enrolment" ? "audit.byEnrolment" : "audit.bySystem");
}
