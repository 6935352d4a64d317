/** What guards do: their visitors, shifts, decisions, and the passes that they made at the gates. */

import { SegmentedControl } from "@mantine/core";
import { IconUserShield } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Page as Answer, PageQuery } from "@/shared/api/page";
import { useSitesHere, useZoneOf } from "@/shared/lookups/sites";
import { BesideList } from "@/shared/table/BesideList";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { NothingHere } from "@/shared/table/NothingHere";
import { useFresh } from "@/shared/table/useFresh";
import { useList } from "@/shared/table/useList";
import { Page } from "@/shared/ui/Page";
import { listDecisions, listMadePasses, listShifts, listVisits, type Shift } from "./api";
import { decisionColumns, madeColumns, shiftColumns, visitColumns } from "./columns";
import { SHOWN, type Shown, shownOf, STATES, type WatchSearch } from "./search";
import { passSettling, useSettling, visitSettling } from "./settling";
import { ShiftPanel } from "./ShiftPanel";

export function WatchPage({ search }: { search: WatchSearch }) {
  const { t } = useTranslation();
  const show = shownOf(search);
  return (
    <Page title={t("section.watch")}>
      {show === "visits" && <Visits search={search} />}
      {show === "shifts" && <Shifts search={search} />}
      {show === "decisions" && <Decisions search={search} />}
      {show === "passes" && <MadePasses search={search} />}
    </Page>
  );
}

function Visits({ search }: { search: WatchSearch }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const settle = useSettling(visitSettling);
  const columns = useMemo(() => [...visitColumns(t, zoneOf), settle], [t, zoneOf, settle]);
  return <Acts show="visits" live="visit" search={search} columns={columns} fetch={listVisits} rowKey={(row) => row.id} hint={t("watch.searchVisits")} />;
}

function Decisions({ search }: { search: WatchSearch }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const columns = useMemo(() => decisionColumns(t, zoneOf), [t, zoneOf]);
  return <Acts show="decisions" live="decision" search={search} columns={columns} fetch={listDecisions} rowKey={(row) => row.id} hint={t("watch.searchGuard")} />;
}

function Shifts({ search }: { search: WatchSearch }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const columns = useMemo(() => shiftColumns(t, zoneOf), [t, zoneOf]);
  return (
    <Acts<Shift>
      show="shifts"
      live="shift"
      search={search}
      columns={columns}
      fetch={listShifts}
      rowKey={(row) => row.id}
      hint={t("watch.searchGuard")}
      panel={(id, onClose) => <ShiftPanel key={id} id={id} onClose={onClose} />}
    />
  );
}

function MadePasses({ search }: { search: WatchSearch }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const act = useSettling(passSettling);
  const columns = useMemo(() => [...madeColumns(t, zoneOf), act], [t, zoneOf, act]);
  return <Acts show="passes" live="pass" search={search} columns={columns} fetch={listMadePasses} rowKey={(row) => row.pass_id} hint={t("watch.searchPasses")} />;
}

interface ActsProps<Row> {
  show: Shown;
  /** Kind of live event that marks a row. */
  live: string;
  search: WatchSearch;
  columns: Column<Row>[];
  fetch: (query: PageQuery, search: WatchSearch) => Promise<Answer<Row>>;
  rowKey: (row: Row) => string;
  hint: string;
  panel?: (id: string, onClose: () => void) => ReactNode;
}

function Acts<Row>({ show, live, search, columns, fetch, rowKey, hint, panel }: ActsProps<Row>) {
  const { t } = useTranslation();
  const list = useList<Row, WatchSearch>({ key: [show, "watch"], search, fetch });
  const fresh = useFresh(live);
  const sites = useSitesHere();
  const isFiltered = Boolean(search.q ?? search.state ?? search.site);
  return (
    <>
      <FilterBar q={search.q} onSearch={(q) => list.change({ q })} placeholder={hint}>
        <SegmentedControl
          size="sm"
          aria-label={t("watch.what")}
          data={SHOWN.map((each) => ({ value: each, label: t(`watch.tab.${each}`) }))}
          value={show}
          onChange={(each) => list.change({ show: each === "visits" ? undefined : each, state: undefined, sort: undefined, open: undefined, q: undefined })}
        />
        {STATES[show].length > 0 && (
          <FilterSelect label={t("sites.state")} value={search.state} options={STATES[show].map((state) => ({ value: state, label: stateText(show, state, t) }))} onChange={(state) => list.change({ state })} />
        )}
        {sites.length > 1 && (
          <FilterSelect label={t("passes.site")} value={search.site} options={sites.map(({ id, name }) => ({ value: id, label: name }))} onChange={(site) => list.change({ site })} />
        )}
      </FilterBar>
      <BesideList panel={panel && search.open && panel(search.open, () => list.change({ open: undefined }))}>
        <DataTable
          id={`watch.${show}`}
          label={t(`watch.tab.${show}`)}
          list={list}
          columns={columns}
          rowKey={rowKey}
          marked={fresh}
          {...(panel ? { onOpen: (row: Row) => list.change({ open: rowKey(row) }) } : {})}
          empty={<NothingHere icon={<IconUserShield size={28} />} isFiltered={isFiltered} title={t("watch.none")} hint={t("watch.noneHint")} />}
        />
      </BesideList>
    </>
  );
}

function stateText(show: Shown, state: string, t: TFunction): string {
  if (show === "visits") return t(`watch.visitState.${state as "inside"}`);
  return show === "decisions" ? t(`watch.verdict.${state as "open"}`) : t(`watch.draftState.${state as "taken"}`);
}
