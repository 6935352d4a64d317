/** A pass whole: what it allows, what passed by it, what guards noted, and what may be done. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { IconAlertOctagon, IconArrowLeft, IconUserPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useState } from "react";

import type { Schema } from "../api/client";
import { passQuery } from "../api/queries";
import { refresh } from "../api/refresh";
import { useWords } from "../i18n";
import { Call, usePassWords } from "../now/PassBrief";
import { verdictOf } from "../now/verdict";
import { Notes } from "../shift/Notes";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { List } from "../ui/List";
import { Notice, ProblemNotice, Unreadable } from "../ui/Notice";
import { Plate } from "../ui/Plate";
import { Status } from "../ui/Status";
import { useTimes } from "../ui/times";
import { say } from "../ui/toasts";
import { answer, api } from "../api/client";
import { PassageVideo } from "../video/VideoButtons";
import { LetThrough } from "./LetThrough";
import { MarkLeft } from "./MarkLeft";
import classes from "./Passes.module.css";
import { PASS_TONE, windowText } from "./words";

type Card = Schema["PassCard"];
type Row = Schema["PassRow"];

export function PassPage() {
  const { id } = useParams({ from: "/inside/passes/$id" });
  const { data: card, error, refetch } = useQuery(passQuery(id));
  if (error && !card) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  return card ? <Whole card={card} /> : null;
}

function Whole({ card }: { card: Card }) {
  const { t } = useWords();
  const words = usePassWords();
  const { row } = card;
  return (
    <div className={classes["card"]}>
      <div className={classes["top"]}>
        <Back />
        <h1>{words.who(row)}</h1>
        <Status tone={PASS_TONE[row.status]}>{t(`passes.status.${row.status}`)}</Status>
      </div>
      {row.status === "blacklisted" && <Notice tone="bad">{t("passes.blocked", { why: row.blocked || t("passes.blockedNoReason") })}</Notice>}
      {row.provisional && <Notice tone="info">{t("passes.provisional")}</Notice>}
      {row.conflict !== null && <Notice tone="bad">{row.conflict ? t("passes.conflict", { why: row.conflict }) : t("passes.conflictUntold")}</Notice>}
      <Unreadable count={card.unreadable} />
      <Acts row={row} />
      <div className={classes["columns"]}>
        <Details row={row} />
        <Passages passages={card.passages} />
        <Notes notes={card.notes} about={{ pass_id: row.id }} />
      </div>
    </div>
  );
}

function Back() {
  const { t } = useWords();
  return (
    <Button icon={<IconArrowLeft aria-hidden />} onClick={() => history.back()}>
      {t("action.back")}
    </Button>
  );
}

function Acts({ row }: { row: Row }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const [asks, setAsks] = useState<"in" | "out" | "left" | "withdraw" | null>(null);
  const isInside = row.inside_since !== null;
  const isGood = !isInside && (row.status === "issued" || row.status === "left"); // what is not is no green button
  const close = () => setAsks(null);
  return (
    <div className={classes["acts"]}>
      <Button tone={isGood ? "good" : "default"} size="big" onClick={() => setAsks("in")}>
        {t("passes.letIn")}
      </Button>
      <Button tone={isInside ? "good" : "default"} size="big" onClick={() => setAsks("out")}>
        {t("passes.letOut")}
      </Button>
      <Button icon={<IconUserPlus aria-hidden />} onClick={() => void navigate({ to: "/visits/new", search: { pass: row.id } })}>
        {t("passes.registerVisitor")}
      </Button>
      <Button icon={<IconAlertOctagon aria-hidden />} onClick={() => void navigate({ to: "/violations/new", search: { pass: row.id } })}>
        {t("violations.record")}
      </Button>
      {row.inside.length > 0 && <Button onClick={() => setAsks("left")}>{t("passes.left.button")}</Button>}
      {row.withdrawable && <Button onClick={() => setAsks("withdraw")}>{t("passes.withdraw")}</Button>}
      {asks === "left" && <MarkLeft row={row} onClose={close} />}
      {asks === "withdraw" && <Withdraw row={row} onClose={close} />}
      {(asks === "in" || asks === "out") && <LetThrough row={row} direction={asks} onClose={close} />}
    </div>
  );
}

function Details({ row }: { row: Row }) {
  const { t } = useWords();
  const times = useTimes();
  const valid = [t("passes.validFrom", { time: times.full(row.valid_from) }), row.valid_until ? t("passes.validUntil", { time: times.full(row.valid_until) }) : t("passes.forever")];
  const facts: readonly [string, ReactNode][] = [
    [t("passes.plates"), row.plates.length > 0 && <span className={classes["for"]}>{row.plates.map((plate) => <Plate key={plate} canonical={plate} />)}</span>],
    [t("passes.vehicle"), row.vehicle],
    [t("passes.column.host"), row.host],
    [t("passes.column.address"), row.address],
    [t("field.hostPhone"), row.host_phone && <Call phone={row.host_phone} />],
    [t("passes.phone"), row.phone && <Call phone={row.phone} />],
    [t("passes.column.service"), row.service || t(`passes.kind.${row.kind}`)],
    [t("passes.column.ticket"), row.ticket],
    [t("passes.valid"), valid.join(" ")],
    [t("passes.schedule"), row.schedule.map((window) => windowText(window, (day) => t(`passes.weekday.${day}`))).join("; ")],
    [t("passes.draft.entries"), row.entries === null ? String(row.used) : t("passes.entriesOf", { used: row.used, entries: row.entries })],
    [t("passes.show.inside"), row.inside_since && t("passes.insideSince", { time: times.short(row.inside_since) })],
    [t("passes.column.changed"), row.changed_at && times.full(row.changed_at)],
    [t("passes.column.number"), row.number],
  ];
  return (
    <section className={classes["part"]}>
      <h2>{t("passes.details")}</h2>
      <dl className={classes["facts"]}>
        {facts
          .filter(([, fact]) => Boolean(fact))
          .map(([name, fact]) => [<dt key={name}>{name}</dt>, <dd key={`${name} is`}>{fact}</dd>])}
      </dl>
    </section>
  );
}

function Passages({ passages }: { passages: Card["passages"] }) {
  const { t } = useWords();
  const times = useTimes();
  return (
    <section className={classes["part"]}>
      <h2>{t("passes.passages")}</h2>
      {passages.length === 0 && <p className={classes["dim"]}>{t("passes.noPassages")}</p>}
      <List
        items={passages}
        className={classes["lines"]}
        line={(passage) => {
          const { word, tone } = verdictOf(passage);
          return (
            <li key={passage.id}>
              <Link to="/passages/$id" params={{ id: passage.id }} className={classes["line"]}>
                {times.short(passage.at)}, {passage.point_name}, {t(`direction.${passage.direction}`)}
              </Link>
              <Status tone={tone}>{t(`now.verdict.${word}`)}</Status>
              {passage.outcome === "denied" && <span className={classes["dim"]}>{t(`now.reason.${passage.reason}`)}</span>}
              <PassageVideo passage={passage} />
            </li>
          );
        }}
      />
    </section>
  );
}

function Withdraw({ row, onClose }: { row: Row; onClose: () => void }) {
  const { t } = useWords();
  const words = usePassWords();
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const withdrawing = useMutation({
    mutationFn: () => answer(api.POST("/gate/api/passes/{id}/withdraw", { params: { path: { id: row.id } }, body: { note } })),
    onSuccess: () => {
      say("good", t("passes.withdrawn"));
      refresh(client, [["passes"], ["pass"], ["board"]]);
      onClose();
    },
  });
  return (
    <Dialog title={t("passes.withdraw")} onClose={onClose}>
      <p>{t("passes.withdrawAsk", { who: words.who(row) })}</p>
      <Field label={t("passes.withdrawNote")} optional value={note} onChange={setNote} maxLength={500} />
      {withdrawing.error && <ProblemNotice error={withdrawing.error} />}
      <Button tone="bad" size="big" disabled={withdrawing.isPending} onClick={() => withdrawing.mutate()}>
        {t("passes.withdraw")}
      </Button>
    </Dialog>
  );
}
