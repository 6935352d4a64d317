/** A passage whole: its picture and video, what was read, who decided and why, what guards noted of it. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { IconAlertOctagon, IconArrowLeft } from "@tabler/icons-react";
import type { ReactNode } from "react";

import type { Schema } from "../api/client";
import { passageQuery } from "../api/queries";
import { useWords } from "../i18n";
import { PassBrief } from "../now/PassBrief";
import { useDecidedWords } from "../now/useDecide";
import { type Passage, readOf, verdictOf, whoOf } from "../now/verdict";
import passes from "../passes/Passes.module.css";
import { Notes } from "../shift/Notes";
import { Button } from "../ui/Button";
import { ProblemNotice } from "../ui/Notice";
import { Plate } from "../ui/Plate";
import { Status } from "../ui/Status";
import { useTimes } from "../ui/times";
import { PassageVideo } from "../video/VideoButtons";
import classes from "./Passages.module.css";

export function PassagePage() {
  const { id } = useParams({ from: "/inside/passages/$id" });
  const { data: card, error, refetch } = useQuery(passageQuery(id));
  if (error && !card) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  return card ? <Whole card={card} /> : null;
}

function Whole({ card: { passage, notes } }: { card: Schema["PassageCard"] }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const { word, tone } = verdictOf(passage);
  return (
    <div className={passes["card"]}>
      <div className={passes["top"]}>
        <Button icon={<IconArrowLeft aria-hidden />} onClick={() => history.back()}>
          {t("action.back")}
        </Button>
        <h1>{whoOf(passage, t)}</h1>
        <Status tone={tone}>{t(`now.verdict.${word}`)}</Status>
      </div>
      <div className={passes["acts"]}>
        <PassageVideo passage={passage} isNamed />
        <Button icon={<IconAlertOctagon aria-hidden />} onClick={() => void navigate({ to: "/violations/new", search: { passage: passage.id } })}>
          {t("violations.record")}
        </Button>
      </div>
      <div className={passes["columns"]}>
        <section className={passes["part"]}>
          <h2>{t("now.still")}</h2>
          {passage.still ? <img src={passage.still} alt={t("now.still")} className={classes["picture"]} /> : <p className={passes["dim"]}>{t("passages.noStill")}</p>}
        </section>
        <Facts passage={passage} />
        <Notes notes={notes} about={{ passage: passage.id }} />
      </div>
    </div>
  );
}

function Facts({ passage }: { passage: Passage }) {
  const { t } = useWords();
  const times = useTimes();
  const decidedWords = useDecidedWords();
  const { decided, held, plate } = passage;
  const said = decided && [decidedWords(decided), decided.reason && t(`now.manual.${decided.reason}`), decided.note].filter(Boolean).join(". ");
  const facts: readonly [string, ReactNode][] = [
    [t("passages.column.at"), times.exact(passage.at)],
    [t("passages.column.lane"), `${passage.point_name}, ${t(`direction.${passage.direction}`)}`],
    [t("field.plate"), plate && <Plate canonical={plate} />],
    [t("passages.column.read"), passage.read !== plate && readOf(passage, t)],
    [t("passages.gate"), t(`now.reason.${passage.reason}`)],
    [t("passages.guard"), said],
    [t("passages.noticed"), passage.flags.map((flag) => t(`now.flag.${flag}`)).join("; ")],
  ];
  return (
    <section className={passes["part"]}>
      <h2>{t("passages.details")}</h2>
      <dl className={passes["facts"]}>
        {facts.filter(([, fact]) => Boolean(fact)).map(([name, fact]) => [<dt key={name}>{name}</dt>, <dd key={`${name} is`}>{fact}</dd>])}
      </dl>
      {held && <PassBrief row={held} />}
    </section>
  );
}
