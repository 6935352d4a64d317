/** What the guard is told of a passage: one word, its colour, and who it is about. */

import type { TFunction } from "i18next";

import { plateText } from "@/shared/format/plates";
import type { Schema } from "../api/client";
import type { Tone } from "../ui/Status";
import { outcomeOf } from "./outcome";

export type Passage = Schema["PassageView"];
export type Word = "granted" | "denied" | "waits" | "stuck" | "opened" | "refused" | "opening" | "unknown";

const TONES: Record<Word, Exclude<Tone, "quiet">> = {
  granted: "good",
  opened: "good",
  denied: "bad",
  refused: "bad",
  waits: "attention",
  stuck: "attention",
  opening: "info",
  unknown: "attention",
};

function wordOf({ waits, decided, outcome, opened }: Passage): Word {
  if (waits) return "waits";
  if (decided) return wordOfDecided(decided);
  if (outcome === "denied") return "denied";
  return opened === false ? "stuck" : "granted";
}

/** A word that something opened only when it did. */
export function wordOfDecided(decided: Schema["Decided"]): Word {
  const done = decided.verdict === "open" ? "opened" : "granted";
  return ({ refused: "refused", failed: "stuck", pending: "opening", unknown: "unknown", opened: done, recorded: "granted" } as const)[outcomeOf(decided)];
}

export function verdictOf(passage: Passage): { word: Word; tone: (typeof TONES)[Word] } {
  const word = wordOf(passage);
  return { word, tone: TONES[word] };
}

/** As a panel tells of a face: the end of a key, which says nothing to a person. */
const FACE = /^face /;

/** What was read, as a person at the gate would say it. */
export function readOf({ read }: Pick<Passage, "read">, t: TFunction): string {
  return FACE.test(read) ? t("now.byFace") : read || t("now.nothingRead");
}

/** By what a person at the gate would name it: the plate, else the holder, else what was read. */
export function whoOf(passage: Passage, t: TFunction): string {
  const { plate, held } = passage;
  return (plate && plateText(plate)) || held?.holder || readOf(passage, t);
}

/** Those who wait first, the longest first; then what was last. */
export function currentOf(lane: Schema["Lane"]): Passage | null {
  return lane.waiting[0] ?? lane.last;
}
