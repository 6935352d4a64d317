/** What became of a guard's decision at the barrier, and how that is said and heard. */

import type { Words } from "../i18n";
import type { Schema } from "../api/client";
import type { Sound } from "../ui/sound";

type Decided = Schema["Decided"];
export type Outcome = "refused" | "opened" | "recorded" | "pending" | "failed" | "unknown";

/** `Decided.detail` of a lane where no barrier would hear of it. */
const NOTHING_TO_OPEN = "nothing_to_open";
/** A box answers within seconds, and an order lives for ten: what is still open by then nobody will tell of any more. */
const ANSWERED_WITHIN_MS = 60_000;

export function outcomeOf({ verdict, opened, detail, at }: Decided, now = Date.now()): Outcome {
  if (verdict === "refuse") return "refused";
  if (opened === null) {
    if (detail === NOTHING_TO_OPEN) return "recorded";
    return detail || now - Date.parse(at) > ANSWERED_WITHIN_MS ? "unknown" : "pending";
  }
  return opened ? "opened" : "failed";
}

const SOUNDS: Record<Outcome, Sound | null> = { refused: "deny", opened: "grant", recorded: "grant", pending: null, failed: "attention", unknown: "attention" };

/** Null: it is not known yet whether it opened, and nothing is promised. */
export function soundOf(decided: Decided): Sound | null {
  return SOUNDS[outcomeOf(decided)];
}

const TOLD_MOST = 200;
const told = new Map<string, Outcome>();

/** The same once for each act and what became of it, whether its answer tells of it first, or the board. */
export function newsOf(decided: Decided): Sound | null {
  const outcome = outcomeOf(decided);
  if (told.get(decided.id) === outcome) return null;
  told.set(decided.id, outcome);
  for (const oldest of told.keys()) {
    if (told.size <= TOLD_MOST) break;
    told.delete(oldest);
  }
  return SOUNDS[outcome];
}

/** What boxes and cloud say, by codes and in the words of their journals. */
const WHY = [
  [/^(expired|late\b)|deadline has passed/, "late"],
  [/no free connection|no connection|offline|no answer|^device$|Connect call failed/i, "device"],
  [/restarted|^interrupted$/, "restarted"],
  [/did not read back/, "unconfirmed"],
  [/^clock_unknown$/, "clock"],
  [/has no barrier|^unknown_target$/, "noBarrier"],
  [/^(busy|timeout|failed|refused|defect|unsupported)$/, "box"],
] as const;

/** Why, in the guard's language; what nobody has words for is told as it came. Nothing where nothing was said. */
export function whyOf({ detail }: Pick<Decided, "detail">, t: Words): string {
  if (!detail || detail === NOTHING_TO_OPEN) return "";
  const known = WHY.find(([pattern]) => pattern.test(detail));
  return known ? t(`now.because.${known[1]}`) : detail;
}
