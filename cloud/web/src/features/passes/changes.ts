/** What a line of a pass's history says was changed, in words: from what to what. */

import type { TFunction } from "i18next";

import { formatDateTime } from "@/shared/format/dates";
import { plateText } from "@/shared/format/plates";
import { type ToldWords, weekText } from "@/shared/week/week";
import type { PassCard, PassKind } from "./api";

type Changes = NonNullable<PassCard["history"][number]["changes"]>;
type Window = PassCard["schedule"][number];

interface Words {
  t: TFunction;
  week: ToldWords;
  zone: string | undefined;
}

export interface ChangedField {
  name: string;
  label: string;
  /** Of a telephone and a document it is told what became of them alone. */
  text: string;
}

/** In the order of the form. The server names the fields; one that is not known here is left out. */
const LABELS = {
  site: "passes.site",
  kind: "passes.kindLabel",
  plates: "passes.was.plates",
  cards: "passes.was.cards",
  typed: "passes.was.typed",
  vehicle: "passes.vehicle",
  holder: "passes.holder",
  address: "field.address",
  host: "passes.column.host",
  phone: "passes.guestPhone",
  document: "passes.document",
  valid_from: "field.from",
  valid_until: "field.until",
  schedule: "passes.was.hours",
  points: "passes.was.points",
  direction: "passes.was.direction",
  entries: "passes.entries",
  service: "passes.column.service",
  ticket: "passes.column.ticket",
  note: "field.comment",
} as const;

type Name = keyof typeof LABELS;
type Shown = (value: never, words: Words) => string;

const joined = (values: readonly string[]) => values.join(", ");

const SHOWN: Partial<Record<Name, Shown>> = {
  kind: (kind: PassKind, { t }) => t(`passes.kind.${kind}`),
  plates: (plates: string[]) => joined(plates.map(plateText)),
  cards: (cards: string[]) => joined(cards),
  typed: (formats: ("PIN" | "CODE")[], { t }) => joined(formats.map((format) => t(`passes.typed.${format === "PIN" ? "pin" : "code"}`))),
  valid_from: (at: string, { zone }) => formatDateTime(new Date(at), zone),
  valid_until: (at: string | null, { t, zone }) => (at ? formatDateTime(new Date(at), zone) : t("passes.noEnd")),
  schedule: (schedule: Window[], { t, week }) => weekText(schedule, week) || t("passes.was.anyTime"),
  points: (names: string[], { t }) => joined(names) || t("passes.was.allPoints"),
  direction: (way: "in" | "out" | null, { t }) => t(way ? `gate.direction.${way}` : "passes.was.bothWays"),
  entries: (most: number | null, { t }) => most?.toString() ?? t("passes.was.unlimited"),
};

const HIDDEN: ReadonlySet<Name> = new Set(["phone", "document"]);

function became([was, is]: readonly unknown[]): "given" | "another" | "gone" {
  if (!was) return "given";
  return is ? "another" : "gone";
}

function shown(name: Name, value: unknown, words: Words): string {
  const show = SHOWN[name];
  return (show ? show(value as never, words) : (value as string)) || "—";
}

export function changedFields(changes: Changes, words: Words): ChangedField[] {
  const { t } = words;
  return (Object.keys(LABELS) as Name[]).flatMap((name) => {
    const pair = changes[name];
    if (!pair) return [];
    const text = HIDDEN.has(name) ? t(`passes.was.${became(pair)}`) : pair.map((value) => shown(name, value, words)).join(" → ");
    return [{ name, label: t(LABELS[name]), text }];
  });
}
