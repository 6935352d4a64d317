/** What is to be known, in place; a refusal in words with what helps; an empty list with the next step. */

import type { ReactNode } from "react";

import { Problem } from "../api/problem";
import { useWords } from "../i18n";
import { Button } from "./Button";
import classes from "./Notice.module.css";
import { SHAPE, type Tone } from "./Status";

interface NoticeProps {
  tone: Exclude<Tone, "quiet">;
  children: ReactNode;
  action?: ReactNode;
}

export function Notice({ tone, children, action }: NoticeProps) {
  const Shape = SHAPE[tone];
  return (
    <div className={classes["notice"]} data-tone={tone} role={tone === "bad" || tone === "attention" ? "alert" : "status"}>
      <Shape size={22} aria-hidden />
      <span className={classes["words"]}>{children}</span>
      {action}
    </div>
  );
}

/** The sentence for an error: the server's own words when it gave some. */
export function useProblemText(): (error: Error) => string {
  const { t } = useWords();
  return (error) => {
    if (!(error instanceof Problem)) return t("problem.unexpected");
    if (error.code === Problem.NETWORK) return t("problem.network");
    if (error.isTemporary && !error.message) return t("problem.temporary");
    return error.message || t("problem.status", { status: error.status });
  };
}

export function ProblemNotice({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { t } = useWords();
  const text = useProblemText();
  const isAway = error instanceof Problem && error.isTemporary;
  const again = onRetry && <Button onClick={onRetry}>{t("action.retry")}</Button>;
  return (
    <Notice tone={isAway ? "attention" : "bad"} action={again}>
      {text(error)}
    </Notice>
  );
}

/** How much a list lacks since its records are damaged: the log of the box names them. */
export function Unreadable({ count }: { count: number }) {
  const { t } = useWords();
  return count > 0 ? <Notice tone="attention">{t("list.unreadable", { count })}</Notice> : null;
}

export function Empty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <div className={classes["empty"]}>
      <h2>{title}</h2>
      {hint && <p>{hint}</p>}
      {children && <div className={classes["actions"]}>{children}</div>}
    </div>
  );
}
