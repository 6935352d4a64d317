/** What was noticed beside a decision, in words. */

import type { TFunction } from "i18next";

import { formatNumber } from "@/shared/format/numbers";
import { plateText } from "@/shared/format/plates";
import type { Passage } from "./api";

type Flagged = Pick<Passage, "flags" | "direction" | "reason" | "list_age_s" | "left_carrier" | "other_pass_number">;
export type Flag = Passage["flags"][number];

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** How old the list was: `26 ч`, `3 дня`; under an hour in minutes. */
export function listAge(seconds: number, t: TFunction, language: string): string {
  if (seconds < HOUR_S) return t("gate.age.minutes", { count: Math.floor(seconds / 60) });
  if (seconds < 2 * DAY_S) return t("gate.age.hours", { count: Math.floor(seconds / HOUR_S) });
  const days = Math.floor(seconds / DAY_S);
  return t("gate.age.days", { count: days, shown: formatNumber(days, language) });
}

/** One flag's sentence. */
export function flagText(flag: Flag, passage: Flagged, t: TFunction, language: string): string {
  switch (flag) {
    case "code":
      return t("gate.flag.code");
    case "stale_list":
      return passage.list_age_s === null ? t("gate.flag.staleList") : t("gate.flag.staleListAge", { age: listAge(passage.list_age_s, t, language) });
    case "anti_passback":
      return t(`gate.flag.antiPassback.${passage.direction}`);
    case "left_as_other":
      return passage.left_carrier ? t("gate.flag.leftAsOther", { plate: plateText(passage.left_carrier) }) : t("gate.flag.leftAsOtherOnFoot");
    case "with_other_pass":
      return passage.other_pass_number === null ? t("gate.flag.withOtherPass") : t("gate.flag.withPass", { number: passage.other_pass_number });
  }
}

/** Why, in a sentence; a list that was stale says since when. */
export function reasonText(passage: Flagged, t: TFunction, language: string): string {
  const reason = t(`gate.reason.${passage.reason}`);
  const isStale = passage.reason === "stale_list" && passage.list_age_s !== null;
  return isStale ? `${reason}: ${listAge(passage.list_age_s ?? 0, t, language)}` : reason;
}
