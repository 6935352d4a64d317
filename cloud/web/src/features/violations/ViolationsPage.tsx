/** Violations: what guards recorded, and where each case stands. */

import { IconAlertOctagon } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useSitesHere, useZoneOf } from "@/shared/lookups/sites";
import { BesideList } from "@/shared/table/BesideList";
import { type Column, NUMBER_WIDTH } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { NothingHere } from "@/shared/table/NothingHere";
import { useFresh } from "@/shared/table/useFresh";
import { type List, useList } from "@/shared/table/useList";
import { Age } from "@/shared/ui/Age";
import { Page } from "@/shared/ui/Page";
import { Plate } from "@/shared/ui/Plate";
import { listViolations, type ViolationRow } from "./api";
import { KINDS, STATES, type ViolationSearch } from "./search";
import { ViolationPanel } from "./ViolationPanel";
import { ViolationStatus } from "./ViolationStatus";

type ZoneOf = (siteId: string) => string | undefined;

function columns(t: TFunction, zoneOf: ZoneOf): Column<ViolationRow>[] {
  return [
    { id: "number", title: "№", sort: "number", width: NUMBER_WIDTH, phone: "line", render: (row) => row.number },
    { id: "kind", title: t("violations.kindLabel"), sort: "kind", minWidth: 110, phone: "headline", render: (row) => t(`violations.kind.${row.kind}`) },
    { id: "state", title: t("sites.state"), sort: "state", width: 150, phone: "corner", render: (row) => <ViolationStatus state={row.state} /> },
    { id: "plate", title: t("watch.plate"), width: 140, phone: "line", render: (row) => row.plate && <Plate canonical={row.plate} /> },
    { id: "address", title: t("field.address"), grow: 1.5, minWidth: 110, phone: "line", render: (row) => row.address },
    { id: "note", title: t("field.comment"), grow: 1.5, isExtra: 800, phone: "line", render: (row) => row.note },
    { id: "guard", title: t("violations.by"), isExtra: 950, render: (row) => row.guard },
    { id: "photos", title: t("violations.photos"), width: 90, align: "right", isExtra: 900, render: (row) => row.photo_count || "—" },
    { id: "at", title: t("violations.when"), sort: "at", width: 130, phone: "line", render: (row) => <Age at={row.at} zone={zoneOf(row.site_id)} /> },
    { id: "changed", title: t("passes.column.changed"), sort: "changed", width: 130, isExtra: true, render: (row) => <Age at={row.changed_at} zone={zoneOf(row.site_id)} /> },
  ];
}

export function ViolationsPage({ search }: { search: ViolationSearch }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const list = useList<ViolationRow, ViolationSearch>({ key: ["violations"], search, fetch: listViolations });
  const shown = useMemo(() => columns(t, zoneOf), [t, zoneOf]);
  const fresh = useFresh("violation");
  const isFiltered = Boolean(search.q ?? search.state ?? search.kind ?? search.site);
  return (
    <Page title={t("section.violations")}>
      <Filters list={list} />
      <BesideList panel={search.open && <ViolationPanel key={search.open} id={search.open} onClose={() => list.change({ open: undefined })} />}>
        <DataTable
          id="violations"
          label={t("section.violations")}
          list={list}
          columns={shown}
          rowKey={(row) => row.id}
          onOpen={(row) => list.change({ open: row.id })}
          marked={fresh}
          empty={<NothingHere icon={<IconAlertOctagon size={28} />} isFiltered={isFiltered} title={t("violations.none")} hint={t("violations.noneHint")} />}
        />
      </BesideList>
    </Page>
  );
}

function Filters({ list }: { list: List<ViolationRow, ViolationSearch> }) {
  const { t } = useTranslation();
  const sites = useSitesHere();
  const { search, change } = list;
  return (
    <FilterBar q={search.q} onSearch={(q) => change({ q })} placeholder={t("violations.searchHint")}>
      <FilterSelect
        label={t("sites.state")}
        value={search.state}
        options={STATES.map((state) => ({ value: state, label: t(`violations.state.${state}`) }))}
        onChange={(state) => change({ state })}
      />
      <FilterSelect
        label={t("violations.kindLabel")}
        value={search.kind}
        options={KINDS.map((kind) => ({ value: kind, label: t(`violations.kind.${kind}`) }))}
        onChange={(kind) => change({ kind })}
      />
      {sites.length > 1 && (
        <FilterSelect label={t("passes.site")} value={search.site} options={sites.map(({ id, name }) => ({ value: id, label: name }))} onChange={(site) => change({ site })} />
      )}
    </FilterBar>
  );
}
