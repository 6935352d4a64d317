/** Visitors: who is inside, who came today, whose card is out; in, out, cards. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { IconCreditCard, IconDoorEnter, IconDoorExit, IconUserPlus } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { boardQuery, type ShowVisits, visitsQuery } from "../api/queries";
import { useWords } from "../i18n";
import { Calls } from "../now/PassBrief";
import passes from "../passes/Passes.module.css";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Empty, ProblemNotice, Unreadable } from "../ui/Notice";
import { List } from "../ui/List";
import { Plate } from "../ui/Plate";
import { Status, type Tone } from "../ui/Status";
import { CHOSEN } from "../ui/filters";
import { useTimes } from "../ui/times";
import classes from "../violations/Violations.module.css";
import { cardText } from "./cardText";
import { useChangeVisit, type Visit } from "./usePutVisit";

const FILTERS: readonly ShowVisits[] = ["inside", "today", "cards_out"];
const TONE: Record<Visit["state"], Tone> = { expected: "info", inside: "good", left: "quiet" };
const SETTLES_MS = 150;

export function Visits() {
  const { t } = useWords();
  const { q = "", show = "inside" } = useSearch({ from: "/inside/visits" });
  const navigate = useNavigate();
  const { data, error, isPlaceholderData, refetch } = useQuery(visitsQuery(q, show));
  return (
    <div className={passes["page"]}>
      <div className={passes["head"]}>
        <h1>{t("visits.title")}</h1>
        <Button tone="info" size="big" icon={<IconUserPlus aria-hidden />} onClick={() => void navigate({ to: "/visits/new" })}>
          {t("visits.register")}
        </Button>
      </div>
      <div className={passes["head"]}>
        <Filters q={q} />
        <Search q={q} show={show} />
      </div>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      <Unreadable count={data?.unreadable ?? 0} />
      <List items={data?.items ?? []} className={classes["list"]} line={(visit) => <One key={visit.id} visit={visit} />} />
      {data?.items.length === 0 && !isPlaceholderData && <Empty title={q ? t("list.nothing") : t(`visits.empty.${show}`)} hint={t("visits.emptyHint")} />}
    </div>
  );
}

function Filters({ q }: { q: string }) {
  const { t } = useWords();
  const { data: board } = useQuery(boardQuery);
  return (
    <div className={passes["filters"]} role="group" aria-label={t("visits.title")}>
      {FILTERS.map((each) => (
        <Link key={each} to="/visits" search={{ q: q || undefined, show: each === "inside" ? undefined : each }} className={passes["filter"]} activeOptions={CHOSEN}>
          {t(`visits.show.${each}`)}
          {each === "inside" && board && <span className={passes["number"]}>{board.counts.visitors}</span>}
        </Link>
      ))}
    </div>
  );
}

function Search({ q, show }: { q: string; show: ShowVisits }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(q);
  useEffect(() => {
    if (typed.trim() === q) return;
    const search = { q: typed.trim() || undefined, show: show === "inside" ? undefined : show };
    const timer = setTimeout(() => void navigate({ to: "/visits", search, replace: true }), SETTLES_MS);
    return () => clearTimeout(timer);
  }, [typed, q, show, navigate]);
  return <Field label={t("visits.searchLabel")} description={t("visits.search")} value={typed} onChange={setTyped} />;
}

function One({ visit }: { visit: Visit }) {
  const { t } = useWords();
  const times = useTimes();
  return (
    <li className={classes["item"]}>
      <span className={classes["what"]}>
        {visit.name}
        {visit.plate && <Plate canonical={visit.plate} />}
      </span>
      <Status tone={TONE[visit.state]}>{`${t(`visits.state.${visit.state}`)} ${t("visits.since", { time: times.short(visit.since) })}`}</Status>
      <span>
        {[visit.host, visit.address, visit.purpose, visit.document, visit.note].filter(Boolean).join(" · ")}
        {visit.pass_id === null && <span className={classes["dim"]}> {t("visits.withoutPass")}</span>}
      </span>
      {visit.card && <Status tone={visit.card_back ? "quiet" : "attention"}>{visit.card_back ? t("visits.cardBack") : t("visits.cardOut", { card: cardText(visit.card) })}</Status>}
      {visit.photos.length > 0 && (
        <div className={classes["photos"]}>
          {visit.photos.map(({ path }, place) => (
            <img key={path} src={path} alt={t("photo.of", { place: place + 1 })} loading="lazy" />
          ))}
        </div>
      )}
      <Acts visit={visit} />
    </li>
  );
}

function Acts({ visit }: { visit: Visit }) {
  const { t } = useWords();
  const [asks, setAsks] = useState<"card" | "out" | null>(null);
  const close = () => setAsks(null);
  const change = useChangeVisit(close);
  const isCardOut = visit.card !== null && !visit.card_back;
  return (
    <div className={classes["acts"]}>
      {visit.state !== "inside" && (
        <Button tone="good" icon={<IconDoorEnter aria-hidden />} disabled={change.isPending} onClick={() => change.mutate({ visit, changed: { state: "inside" } })}>
          {t("visits.in")}
        </Button>
      )}
      {visit.state === "inside" && (
        <Button tone="good" icon={<IconDoorExit aria-hidden />} disabled={change.isPending} onClick={() => (isCardOut ? setAsks("out") : change.mutate({ visit, changed: { state: "left" } }))}>
          {t("visits.out")}
        </Button>
      )}
      {isCardOut ? (
        <Button icon={<IconCreditCard aria-hidden />} disabled={change.isPending} onClick={() => change.mutate({ visit, changed: { card_back: true } })}>
          {t("visits.takeCard")}
        </Button>
      ) : (
        visit.state !== "left" && (
          <Button icon={<IconCreditCard aria-hidden />} onClick={() => setAsks("card")}>
            {t("visits.giveCard")}
          </Button>
        )
      )}
      <Calls of={visit} />
      {asks === "card" && <GiveCard visit={visit} change={change} onClose={close} />}
      {asks === "out" && <OutWithCard visit={visit} change={change} onClose={close} />}
    </div>
  );
}

interface AskProps {
  visit: Visit;
  change: ReturnType<typeof useChangeVisit>;
  onClose: () => void;
}

function GiveCard({ visit, change, onClose }: AskProps) {
  const { t } = useWords();
  const [card, setCard] = useState("");
  const give = () => card.trim() && change.mutate({ visit, changed: { card: card.trim(), card_back: false } });
  return (
    <Dialog title={t("visits.giveCardTitle", { who: visit.name })} onClose={onClose}>
      <form
        className={passes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          give();
        }}
      >
        <Field label={t("field.card")} description={t("field.cardHint")} value={card} onChange={setCard} autoFocus maxLength={100} />
        {change.error && <ProblemNotice error={change.error} />}
        <Button type="submit" tone="info" size="big" disabled={card.trim() === "" || change.isPending}>
          {t("visits.giveButton")}
        </Button>
      </form>
    </Dialog>
  );
}

function OutWithCard({ visit, change, onClose }: AskProps) {
  const { t } = useWords();
  const leave = (cardBack: boolean) => change.mutate({ visit, changed: { state: "left", card_back: cardBack } });
  return (
    <Dialog title={t("visits.outWithCard")} onClose={onClose}>
      <Button tone="good" size="big" disabled={change.isPending} onClick={() => leave(true)}>
        {t("visits.outCardBack")}
      </Button>
      <Button size="big" disabled={change.isPending} onClick={() => leave(false)}>
        {t("visits.outCardKept")}
      </Button>
    </Dialog>
  );
}
