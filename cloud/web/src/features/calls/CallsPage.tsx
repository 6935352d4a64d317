/** Calls at intercoms: whom they were for, and what became of them. */

import { Group } from "@mantine/core";
import { IconPhoneIncoming } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useSitesHere, useZoneOf } from "@/shared/lookups/sites";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { useFresh } from "@/shared/table/useFresh";
import { type List, useList } from "@/shared/table/useList";
import { Age } from "@/shared/ui/Age";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { type Call, listCalls } from "./api";
import { CallPanel } from "./CallPanel";
import { CallStatus } from "./CallStatus";
import { type CallSearch, STATES } from "./search";

type ZoneOf = (siteId: string) => string | undefined;

function columns(t: TFunction, zoneOf: ZoneOf): Column<Call>[] {
  return [
    { id: "at", title: t("calls.started"), sort: "at", width: 130, phone: "line", render: (row) => <Age at={row.started_at} zone={zoneOf(row.site_id)} /> },
    { id: "whom", title: t("calls.whom"), sort: "address", grow: 1.5, minWidth: 140, phone: "headline", render: (row) => row.address || t("calls.nobody") },
    { id: "number", title: t("calls.number"), width: 90, isExtra: 800, phone: "line", render: (row) => row.number },
    { id: "point", title: t("calls.point"), sort: "point", grow: 1, minWidth: 110, phone: "line", render: (row) => row.point },
    { id: "state", title: t("sites.state"), width: 150, phone: "corner", render: (row) => <CallStatus state={row.state} /> },
    { id: "who", title: t("calls.who"), grow: 1, isExtra: 900, phone: "line", render: (row) => row.answer && t(`calls.answer.${row.answer}`, { person: row.person }) },
    { id: "site", title: t("passes.site"), isExtra: 1000, render: (row) => row.site },
  ];
}

export function CallsPage({ search }: { search: CallSearch }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const list = useList<Call, CallSearch>({ key: ["calls"], search, fetch: listCalls });
  const shown = useMemo(() => columns(t, zoneOf), [t, zoneOf]);
  const fresh = useFresh("call");
  const isFiltered = Boolean(search.q ?? search.state ?? search.site ?? search.point ?? search.premises);
  return (
    <Page title={t("section.calls")}>
      <Filters list={list} />
      <Group align="flex-start" wrap="nowrap" gap="md">
        <div style={{ flex: 1, minWidth: 0 }}>
          <DataTable
            id="calls"
            label={t("section.calls")}
            list={list}
            columns={shown}
            rowKey={(row) => row.id}
            onOpen={(row) => list.change({ open: row.id })}
            marked={fresh}
            empty={
              <Empty
                icon={<IconPhoneIncoming size={28} />}
                title={isFiltered ? t("list.nothingFound") : t("calls.none")}
                hint={isFiltered ? t("list.nothingFoundHint") : t("calls.noneHint")}
              />
            }
          />
        </div>
        {search.open && <CallPanel key={search.open} id={search.open} onClose={() => list.change({ open: undefined })} />}
      </Group>
    </Page>
  );
}

function Filters({ list }: { list: List<Call, CallSearch> }) {
  const { t } = useTranslation();
  const sites = useSitesHere();
  const { search, change } = list;
  return (
    <FilterBar q={search.q} onSearch={(q) => change({ q })} placeholder={t("calls.searchHint")}>
      <FilterSelect
        label={t("sites.state")}
        value={search.state}
        options={STATES.map((state) => ({ value: state, label: t(`calls.state.${state}`) }))}
        onChange={(state) => change({ state })}
      />
      {sites.length > 1 && (
        <FilterSelect label={t("passes.site")} value={search.site} options={sites.map(({ id, name }) => ({ value: id, label: name }))} onChange={(site) => change({ site })} />
      )}
    </FilterBar>
  );
}
