/** What happened in a shift, as the guard sees it and as it is printed. */

import type { ReactNode } from "react";

import { plateText } from "@/shared/format/plates";
import type { Schema } from "../api/client";
import { useWords, type Words } from "../i18n";
import { outcomeOf, whyOf } from "../now/outcome";
import passes from "../passes/Passes.module.css";
import { List } from "../ui/List";
import { Unreadable } from "../ui/Notice";
import { Status } from "../ui/Status";
import { useTimes } from "../ui/times";
import { Recorded } from "../violations/Violations";
import violations from "../violations/Violations.module.css";
import classes from "./Shift.module.css";

type Report = Schema["ShiftReport"];

const NUMBERS = [
  ["grantedIn", "granted_in"],
  ["grantedOut", "granted_out"],
  ["denied", "denied"],
  ["visitors", "visitors"],
  ["passesMade", "passes_made"],
] as const;

export function useShiftWords(): (shift: Schema["ShiftView"]) => string {
  const { t } = useWords();
  const times = useTimes();
  return ({ guard, begun_at, ended_at }) =>
    ended_at
      ? t("shift.of", { name: guard.name, from: times.full(begun_at), until: times.full(ended_at) })
      : t("shift.running", { name: guard.name, from: times.full(begun_at) });
}

export function ReportBody({ report }: { report: Report }) {
  const { t } = useWords();
  return (
    <>
      <dl className={classes["numbers"]}>
        {NUMBERS.map(([name, field]) => (
          <div key={name} className={classes["number"]}>
            <dt>{t(`shift.${name}`)}</dt>
            <dd>{report[field]}</dd>
          </div>
        ))}
      </dl>
      <Unreadable count={report.unreadable} />
      <div className={passes["columns"]}>
        <Part title={t("shift.openedByHand")} none={t("shift.openedByHandNone")} items={report.opened_by_hand} count={openedCount(report, t)} line={(decided) => <DecidedLine key={decided.id} decided={decided} />} />
        <Part title={t("shift.refused")} none={t("shift.none")} items={report.refused} line={(decided) => <DecidedLine key={decided.id} decided={decided} />} />
        <Denials denials={report.denials} />
        <Part title={t("shift.notes")} none={t("shift.none")} items={report.notes} line={(note) => <NoteLine key={note.id} note={note} />} />
      </div>
      <section className={passes["part"]}>
        <h2>{t("shift.violations")}</h2>
        {report.violations.length === 0 && <p className={classes["dim"]}>{t("shift.none")}</p>}
        <List items={report.violations} className={violations["list"]} line={(violation) => <Recorded key={violation.id} violation={violation} />} />
      </section>
    </>
  );
}

/** Of what was decided to open, how much opened: the rest is named apart. */
function openedCount({ opened_by_hand: decided }: Report, t: Words): string {
  const outcomes = decided.map((each) => outcomeOf(each));
  const [failed, unknown] = (["failed", "unknown"] as const).map((wanted) => outcomes.filter((each) => each === wanted).length);
  const opened = decided.length - (failed ?? 0) - (unknown ?? 0);
  return [String(opened), failed && t("shift.notOpened", { count: failed }), unknown && t("shift.openedUnknown", { count: unknown })].filter(Boolean).join(", ");
}

interface PartProps<T> {
  title: string;
  count?: string;
  none: string;
  items: readonly T[];
  line: (item: T) => ReactNode;
}

function Part<T>({ title, none, items, line, count = String(items.length) }: PartProps<T>) {
  return (
    <section className={passes["part"]}>
      <h2>{items.length > 0 ? `${title}: ${count}` : title}</h2>
      {items.length === 0 && <p className={classes["dim"]}>{none}</p>}
      <List items={items} className={passes["lines"]} line={line} />
    </section>
  );
}

function DecidedLine({ decided }: { decided: Schema["Decided"] }) {
  const { t } = useWords();
  const times = useTimes();
  const outcome = outcomeOf(decided);
  const way = decided.direction && t(`direction.${decided.direction}`);
  const about = [decided.point_name, way, decided.plate && plateText(decided.plate), decided.pass_number && t("shift.pass", { number: decided.pass_number })].filter(Boolean).join(", ");
  const isDoubtful = outcome === "failed" || outcome === "unknown" || outcome === "pending";
  return (
    <li>
      <span>
        {[decided.blacklisted && t("now.done.against"), decided.reason ? t(`now.manual.${decided.reason}`) : t(`now.done.${decided.verdict}`), decided.note].filter(Boolean).join(": ")}
        <span className={classes["dim"]}> {about}</span>
        {isDoubtful && <Status tone="attention">{[t(`now.done.${outcome}`), whyOf(decided, t)].filter(Boolean).join(": ")}</Status>}
      </span>
      <span className={classes["dim"]}>
        {decided.guard.name}, {times.short(decided.at)}
      </span>
    </li>
  );
}

function NoteLine({ note }: { note: Schema["NoteView"] }) {
  const times = useTimes();
  return (
    <li>
      <span>{note.text}</span>
      <span className={classes["dim"]}>
        {note.guard.name}, {times.short(note.at)}
      </span>
    </li>
  );
}

function Denials({ denials }: { denials: Report["denials"] }) {
  const { t } = useWords();
  const most = Math.max(1, ...denials.map(({ count }) => count));
  return (
    <section className={passes["part"]}>
      <h2>{t("shift.denials")}</h2>
      {denials.length === 0 && <p className={classes["dim"]}>{t("shift.none")}</p>}
      <List
        items={denials}
        className={passes["lines"]}
        line={({ code, count }) => (
          <li key={code} className={classes["denial"]}>
            <span>{t(`now.reason.${code as Schema["Reason"]}`)}</span>
            <strong>{count}</strong>
            <Bar share={count / most} />
          </li>
        )}
      />
    </section>
  );
}

/** An SVG: a width by a style attribute would need a laxer content security policy. */
function Bar({ share }: { share: number }) {
  return (
    <svg className={classes["share"]} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden>
      <rect width={share * 100} height="4" rx="1" />
    </svg>
  );
}
