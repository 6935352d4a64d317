/** What the search found: the table, its filters with their counts, and the keys that move in it. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { IconTicket, IconUserPlus } from "@tabler/icons-react";
import { useEffect } from "react";

import type { Schema } from "../api/client";
import { boardQuery, passesQuery, type Show } from "../api/queries";
import { useWords } from "../i18n";
import { opened, useWanted } from "../shell/opening";
import { recognised } from "../shell/scanner";
import { Button } from "../ui/Button";
import { Empty, Notice, ProblemNotice } from "../ui/Notice";
import { Plate } from "../ui/Plate";
import { CHOSEN } from "../ui/filters";
import { useChosen } from "../ui/useChosen";
import classes from "./Passes.module.css";
import { PassTable } from "./PassTable";

const FILTERS: readonly Show[] = ["all", "today", "inside", "overstayed", "blacklisted"];

export function Passes() {
  const { t } = useWords();
  const { q = "", show = "all" } = useSearch({ from: "/inside/passes" });
  const { data, error, isPlaceholderData, refetch } = useQuery(passesQuery(q, show));
  const rows = data?.items ?? [];
  const navigate = useNavigate();
  const open = (row: Schema["PassRow"]) => void navigate({ to: "/passes/$id", params: { id: row.id } });
  const chosen = useChosen(rows, open, `${q} ${show}`, 0);
  const wanted = useWanted();
  useEffect(() => {
    if (wanted?.q !== q || isPlaceholderData || !data) return;
    opened();
    const [first, another] = data.items;
    if (first && !(another && wanted.alone)) void navigate({ to: "/passes/$id", params: { id: first.id } });
  }, [wanted, q, data, isPlaceholderData, navigate]);
  return (
    <div className={classes["page"]}>
      <div className={classes["head"]}>
        <h1 className="visually-hidden">{t("passes.title")}</h1>
        <Filters q={q} />
        <NewPass q={q} />
      </div>
      {data?.listed != null && !isPlaceholderData && <Notice tone="bad">{t("visits.blacklisted", { why: data.listed || t("passes.blockedNoReason") })}</Notice>}
      {!isPlaceholderData && data?.near.map(({ plate, reason }) => <NearListed key={plate} plate={plate} reason={reason} />)}
      <Recognised q={q} found={rows.length + (data?.listed != null ? 1 : 0)} isSettled={data !== undefined && !isPlaceholderData} />
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data && rows.length > 0 && (
        <>
          <PassTable rows={rows} chosen={chosen} onOpen={open} />
          {data.total > rows.length && <p className={classes["dim"]}>{t("list.more", { count: rows.length })}</p>}
        </>
      )}
      {data && rows.length === 0 && !isPlaceholderData && <Nothing q={q} show={show} />}
      <p className="visually-hidden" role="status">
        {data && t("list.found", { count: data.total })}
      </p>
    </div>
  );
}

/** A part of the number was typed: whether it is this car is for the guard to see. */
function NearListed({ plate, reason }: Schema["ListedPlate"]) {
  const { t } = useWords();
  return (
    <Notice tone="attention">
      {t("passes.nearListed")} <Plate canonical={plate} /> {reason || t("passes.blockedNoReason")}
    </Notice>
  );
}

function Filters({ q }: { q: string }) {
  const { t } = useWords();
  const { data: board } = useQuery(boardQuery);
  return (
    <div className={classes["filters"]} role="group" aria-label={t("passes.title")}>
      {FILTERS.map((each) => (
        <Link key={each} to="/passes" search={{ q: q || undefined, show: each === "all" ? undefined : each }} className={classes["filter"]} activeOptions={CHOSEN}>
          {t(`passes.show.${each}`)}
          {each !== "all" && board && <span className={classes["number"]}>{board.counts[each]}</span>}
        </Link>
      ))}
    </div>
  );
}

function NewPass({ q }: { q: string }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const plate = /\d/.test(q) ? q : undefined;
  return (
    <Button tone="info" icon={<IconTicket aria-hidden />} onClick={() => void navigate({ to: "/passes/new", search: { plate } })}>
      {t("passes.draftHere")}
    </Button>
  );
}

function Recognised({ q, found, isSettled }: { q: string; found: number; isSettled: boolean }) {
  const { t } = useWords();
  const scanned = recognised(q, true);
  if (!scanned) return null;
  if (isSettled && found === 0) return <Notice tone="attention">{t("passes.scannedNothing")}</Notice>;
  const words = { qr: t("passes.scanned.qr"), card: t("passes.scanned.card", { card: scanned.text }), code: t("passes.scanned.code", { code: scanned.text }) };
  return scanned.kind === "qr" ? <Notice tone="info">{words[scanned.kind]}</Notice> : null;
}

function Nothing({ q, show }: { q: string; show: Show }) {
  const { t } = useWords();
  const navigate = useNavigate();
  if (q === "") return <Empty title={t(`passes.empty.${show}`)} />;
  return (
    <Empty title={t("list.nothing")} hint={t("passes.emptyHint")}>
      <Button icon={<IconUserPlus aria-hidden />} onClick={() => void navigate({ to: "/visits/new", search: { plate: /\d/.test(q) ? q : undefined } })}>
        {t("passes.registerVisitor")}
      </Button>
    </Empty>
  );
}
