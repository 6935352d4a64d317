/** Who passed an hour ago, yesterday, last week: found by words, lane and what became of it. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { boardQuery, newerQuery, type Past, pastQuery, type Rows, rowsOf, type ShowPassages } from "../api/queries";
import { useWords } from "../i18n";
import passes from "../passes/Passes.module.css";
import { Button } from "../ui/Button";
import { Field, SelectField } from "../ui/Field";
import { Empty, ProblemNotice, Unreadable } from "../ui/Notice";
import { CHOSEN } from "../ui/filters";
import { useTimes } from "../ui/times";
import { useChosen } from "../ui/useChosen";
import classes from "./Passages.module.css";
import { isOpening, type Opening, OpeningDialog } from "./Opening";
import { PassageTable } from "./PassageTable";
import { shown, type Top, unsettledSince } from "./newer";

export const SHOWS_PASSAGES: readonly ShowPassages[] = ["all", "let_through", "denied", "by_guard", "not_opened"];
export const KINDS: readonly Rows[] = ["all", "passages", "openings"];
const SETTLES_MS = 200;

export interface PassagesSearch {
  q?: string | undefined;
  show?: ShowPassages | undefined;
  rows?: Rows | undefined;
  point?: string | undefined;
  /** The newest that is shown, by the site's clock: `2026-11-22T19:05`. */
  until?: string | undefined;
}

export function Passages() {
  const { t } = useWords();
  const asked = useSearch({ from: "/inside/passages" });
  return (
    <div className={passes["page"]}>
      <h1>{t("passages.title")}</h1>
      <Filters asked={asked} />
      <Narrowing asked={asked} />
      <Found asked={asked} />
    </div>
  );
}

function Found({ asked }: { asked: PassagesSearch }) {
  const { t } = useWords();
  const { moment } = useTimes();
  const navigate = useNavigate();
  const before = asked.until ? moment(asked.until) : undefined;
  const { data, error, isPlaceholderData, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(pastQuery(asked, before));
  const all = data?.pages.flatMap(rowsOf) ?? [];
  const unreadable = data?.pages.reduce((sum, page) => sum + page.unreadable, 0) ?? 0;
  const search = JSON.stringify(asked);
  const { data: board } = useQuery(boardQuery);
  const [kept, setTop] = useState<{ search: string; top: Top }>();
  const top = kept?.search === search ? kept.top : undefined;
  const first = all[0] ?? (board && { id: "", at: board.now });
  if (data && first && !isPlaceholderData && !top) setTop({ search, top: first });
  const { data: looked } = useQuery({ ...newerQuery(asked, top ? unsettledSince(top) : ""), enabled: Boolean(top && !before) });
  const newer = looked && { items: rowsOf(looked), more: looked.more };
  const { rows, fresh } = shown(all, newer, isPlaceholderData ? undefined : top); // what came since waits, that no line moves under a hand
  const showFresh = async () => {
    const newest = (await refetch()).data?.pages.flatMap(rowsOf)[0];
    if (newest) setTop({ search, top: newest });
  };
  const [opening, setOpening] = useState<Opening>();
  const open = (row: Past) => (isOpening(row) ? setOpening(row) : void navigate({ to: "/passages/$id", params: { id: row.id } }));
  const chosen = useChosen(rows, open, search, -1);
  return (
    <>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {fresh > 0 && <Button onClick={() => void showFresh()}>{t("passages.fresh", { count: fresh })}</Button>}
      <Unreadable count={unreadable} />
      {rows.length > 0 && <PassageTable rows={rows} chosen={chosen} onOpen={open} />}
      {opening && <OpeningDialog opening={opening} onClose={() => setOpening(undefined)} />}
      {hasNextPage && (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("passages.earlier")}
        </Button>
      )}
      {data && rows.length === 0 && !isPlaceholderData && <Empty title={isNarrowed(asked) ? t("list.nothing") : t("passages.empty")} hint={isNarrowed(asked) ? t("passages.emptyHint") : t("now.nobody")} />}
      <p className="visually-hidden" role="status">
        {data && t("list.found", { count: rows.length })}
      </p>
    </>
  );
}

function isNarrowed({ q, show, rows, point, until }: PassagesSearch): boolean {
  return [q, show, rows, point, until].some((each) => each !== undefined);
}

function Filters({ asked }: { asked: PassagesSearch }) {
  const { t } = useWords();
  return (
    <div className={passes["filters"]} role="group" aria-label={t("passages.title")}>
      {SHOWS_PASSAGES.map((each) => (
        <Link key={each} to="/passages" search={{ ...asked, show: each === "all" ? undefined : each }} className={passes["filter"]} activeOptions={CHOSEN}>
          {t(`passages.show.${each}`)}
        </Link>
      ))}
    </div>
  );
}

/** Words as they are typed, the lane, the time up to which. */
function Narrowing({ asked }: { asked: PassagesSearch }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const { data: board } = useQuery(boardQuery);
  const { q = "", rows = "all", point = "", until = "" } = asked;
  const [typed, setTyped] = useState(q);
  useEffect(() => {
    if (typed.trim() === q) return;
    const timer = setTimeout(() => void navigate({ to: "/passages", search: { ...asked, q: typed.trim() || undefined }, replace: true }), SETTLES_MS);
    return () => clearTimeout(timer);
  }, [typed, q, asked, navigate]);
  const narrow = (search: PassagesSearch) => void navigate({ to: "/passages", search: { ...asked, ...search }, replace: true });
  const lanes = (board?.lanes ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <div className={classes["narrowing"]}>
      <Field label={t("passages.searchLabel")} description={t("passages.search")} value={typed} onChange={setTyped} />
      <SelectField
        label={t("passages.rows")}
        value={rows}
        options={KINDS.map((kind) => ({ value: kind, label: t(`passages.kind.${kind}`) }))}
        onChange={(value) => narrow({ rows: KINDS.find((kind) => kind === value && kind !== "all") })}
      />
      <SelectField label={t("passages.lane")} value={point} options={[{ value: "", label: t("passages.anyLane") }, ...lanes]} onChange={(value) => narrow({ point: value || undefined })} />
      <Field label={t("passages.until")} description={t("passages.untilHint")} type="datetime-local" value={until} onChange={(value) => narrow({ until: value || undefined })} />
    </div>
  );
}
