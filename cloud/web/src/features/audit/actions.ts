/** An action's words: the last two parts of its dotted name are the thing and what was done to it. */

import type { TFunction } from "i18next";

export const AUDITED = [
  "pass",
  "card",
  "blacklist",
  "person",
  "residency",
  "complex",
  "building",
  "entrance",
  "premises",
  "site",
  "zone",
  "box",
  "point",
  "device",
  "command",
  "meter",
  "company",
  "role",
  "staff",
  "file",
  "account",
  "alarm",
  "stills",
  "policy",
  "point_policy",
  "code_key",
  "retention",
  "guard",
  "post",
  "decision",
  "violation",
  "conflict",
  "call",
  "resident",
  "consent",
  "face",
] as const;

const VERBS = [
  "acknowledge", "add", "add_card", "answer", "approved", "archive", "change", "change_password", "code", "configure", "create",
  "delete", "destroy", "edit", "edited", "end", "end_session", "end_sessions", "enrol", "found", "give", "import", "invite", "issue", "issued", "join",
  "label", "leave", "lost", "made", "open", "order", "refused", "remove", "remove_card", "remove_certificate", "remove_totp", "rename", "replace",
  "request_password_reset", "requested", "reset_password", "restore", "return", "revoke", "revoked", "set_pin", "set_up_totp",
  "settle", "sign_in", "sign_in_failed", "sign_out", "step", "store", "upload", "upload_certificate", "withdraw", "withdrawn",
] as const;

/** `sites.box.revoke` → "Контроллер: отзыв"; what has no words is shown as it is. */
export function actionText(action: string, t: TFunction): string {
  const parts = action.split(".");
  const kind = AUDITED.find((known) => known === parts.at(-2));
  const verb = VERBS.find((known) => known === parts.at(-1));
  return kind && verb ? `${t(`audit.kind.${kind}`)}: ${t(`audit.verb.${verb}`)}` : action;
}
