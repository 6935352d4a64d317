/** Whose data was looked at, in words: `pass:<id>` → "пропуск № 12 Петров Пётр". */

import type { TFunction } from "i18next";

import { plateText } from "@/shared/format/plates";

const KINDS = ["pass", "person", "premises", "plate", "visit", "violation", "blocked", "passage", "picture"] as const;
const SHORT = 8;

export function subjectText(subject: string, names: Readonly<Record<string, string>>, t: TFunction): string {
  const at = subject.indexOf(":");
  const id = subject.slice(at + 1);
  const kind = KINDS.find((known) => known === subject.slice(0, at));
  if (!kind) return subject;
  const name = kind === "plate" ? plateText(id) : (names[subject] ?? `${id.slice(0, SHORT)}…`);
  return `${t(`looks.subject.${kind}`)} ${name}`;
}
