/** What a sign-in was refused for, with what is left of tries and time. */

import { Problem } from "../api/problem";
import { useWords } from "../i18n";
import { Notice, ProblemNotice } from "../ui/Notice";
import { useTimes } from "../ui/times";

export function Refusal({ error }: { error: Error }) {
  const { t } = useWords();
  const times = useTimes();
  if (!(error instanceof Problem)) return <ProblemNotice error={error} />;
  const left = error.left === null ? "" : ` ${t("entry.left", { count: error.left })}`;
  const words: Record<string, string> = {
    wrong_pin: t("entry.wrong") + left,
    locked: t("entry.locked", { time: error.until ? times.time(error.until) : "" }),
    disabled: t("entry.disabled"),
    unknown_card: t("entry.unknownCard"),
  };
  const known = words[error.code];
  return known ? <Notice tone="bad">{known}</Notice> : <ProblemNotice error={error} />;
}
