/** Alarms: what boxes say is wrong, and who has taken it. */

import { SegmentedControl, Text } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useSitesHere, useZoneOf } from "@/shared/lookups/sites";
import { BesideList } from "@/shared/table/BesideList";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { NothingHere } from "@/shared/table/NothingHere";
import { useFresh } from "@/shared/table/useFresh";
import { type List, useList } from "@/shared/table/useList";
import { Age } from "@/shared/ui/Age";
import { Page } from "@/shared/ui/Page";
import { AlarmPanel } from "./AlarmPanel";
import { type Alarm, listAlarms, SEVERITIES } from "./api";
import { ALARM_STATES, type AlarmSearch, shownState } from "./search";
import { AlarmSeverity, alarmText } from "./words";

type ZoneOf = (siteId: string) => string | undefined;

function columns(t: TFunction, zoneOf: ZoneOf): Column<Alarm>[] {
  return [
    { id: "severity", title: t("alarms.severityLabel"), sort: "severity", width: 150, phone: "corner", render: (row) => <AlarmSeverity alarm={row} /> },
    {
      id: "kind",
      title: t("alarms.what"),
      sort: "kind",
      minWidth: 240,
      phone: "headline",
      render: (row) => (
        <>
          {alarmText(row.kind, t)}
          {row.times > 1 && (
            <Text span c="dimmed" inherit>
              {" "}
              × {row.times}
            </Text>
          )}
        </>
      ),
    },
    { id: "site", title: t("passes.site"), sort: "site", phone: "line", render: (row) => row.site_name },
    { id: "box", title: t("sites.boxOne"), phone: "line", render: (row) => row.box_name },
    { id: "source", title: t("alarms.source"), render: (row) => row.source_name },
    { id: "raised", title: t("alarms.raised"), sort: "raised", width: 130, phone: "line", render: (row) => <Age at={row.raised_at} zone={zoneOf(row.site_id)} /> },
    { id: "last", title: t("alarms.last"), sort: "last", width: 130, isExtra: true, render: (row) => <Age at={row.last_at} zone={zoneOf(row.site_id)} /> },
    { id: "person", title: t("alarms.acknowledgedBy"), render: (row) => row.acknowledged_person },
  ];
}

export function AlarmsPage({ search }: { search: AlarmSearch }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const list = useList<Alarm, AlarmSearch>({ key: ["alarms"], search, fetch: listAlarms });
  const shown = useMemo(() => columns(t, zoneOf), [t, zoneOf]);
  const fresh = useFresh("alarm");
  const isFiltered = Boolean(search.q ?? search.severity ?? search.site);
  return (
    <Page title={t("section.alarms")}>
      <AlarmFilters list={list} />
      <BesideList panel={search.open && <AlarmPanel key={search.open} id={search.open} onClose={() => list.change({ open: undefined })} />}>
        <DataTable
          id="alarms"
          label={t("section.alarms")}
          list={list}
          columns={shown}
          rowKey={(row) => row.id}
          onOpen={(row) => list.change({ open: row.id })}
          marked={fresh}
          empty={<NothingHere icon={<IconBell size={28} />} isFiltered={isFiltered} title={t(`alarms.none.${shownState(search)}`)} hint={t("alarms.noneHint")} />}
        />
      </BesideList>
    </Page>
  );
}

function AlarmFilters({ list }: { list: List<Alarm, AlarmSearch> }) {
  const { t } = useTranslation();
  const sites = useSitesHere();
  const { search, change } = list;
  return (
    <FilterBar q={search.q} onSearch={(q) => change({ q })} placeholder={t("alarms.searchHint")}>
      <SegmentedControl
        size="sm"
        aria-label={t("sites.state")}
        data={ALARM_STATES.map((state) => ({ value: state, label: t(`alarms.tab.${state}`) }))}
        value={shownState(search)}
        onChange={(state) => change({ state: state === "open" ? undefined : state })}
      />
      <FilterSelect
        label={t("alarms.severityLabel")}
        value={search.severity}
        options={SEVERITIES.map((severity) => ({ value: severity, label: t(`alarms.severity.${severity}`) }))}
        onChange={(severity) => change({ severity })}
      />
      {sites.length > 1 && (
        <FilterSelect
          label={t("passes.site")}
          value={search.site}
          options={sites.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(site) => change({ site })}
        />
      )}
    </FilterBar>
  );
}
