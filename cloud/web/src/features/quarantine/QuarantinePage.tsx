/** What was set aside of what boxes sent, and the types that only newer boxes know. */

import { Group, Tabs } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSites, useZoneOf } from "@/shared/lookups/sites";
import { BesideList } from "@/shared/table/BesideList";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { NothingHere } from "@/shared/table/NothingHere";
import { type List, useList } from "@/shared/table/useList";
import { Age } from "@/shared/ui/Age";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { listSetAside, listUnknownTypes, type SetAside, type UnknownType } from "./api";
import { type QuarantineSearch, REASONS, TABS } from "./search";
import { SetAsidePanel } from "./SetAsidePanel";

type ZoneOf = ReturnType<typeof useZoneOf>;

function columns(t: TFunction, zoneOf: ZoneOf): Column<SetAside>[] {
  return [
    { id: "reason", title: t("quarantine.reasonLabel"), sort: "reason", minWidth: 180, phone: "headline", render: (row) => t(`quarantine.reason.${row.reason}`) },
    { id: "site", title: t("passes.site"), phone: "line", render: (row) => row.site_name },
    { id: "box", title: t("sites.boxOne"), phone: "line", render: (row) => row.box_name },
    { id: "detail", title: t("quarantine.detail"), minWidth: 260, phone: "line", render: (row) => row.detail },
    { id: "times", title: t("quarantine.times"), sort: "times", align: "right", width: 80, phone: "corner", render: (row) => `× ${row.times}` },
    { id: "last", title: t("quarantine.last"), sort: "last", width: 140, phone: "line", render: (row) => <Age at={row.last_at} zone={zoneOf(row.site_id)} /> },
    { id: "channel", title: t("quarantine.channel"), isExtra: true, render: (row) => row.channel },
  ];
}

function typeColumns(t: TFunction, zoneOf: ZoneOf): Column<UnknownType>[] {
  return [
    { id: "type", title: t("quarantine.type"), phone: "headline", render: (row) => row.type },
    { id: "channel", title: t("quarantine.channel"), phone: "line", render: (row) => row.channel },
    { id: "site", title: t("passes.site"), phone: "line", render: (row) => row.site_name },
    { id: "box", title: t("sites.boxOne"), phone: "line", render: (row) => row.box_name },
    { id: "times", title: t("quarantine.times"), align: "right", width: 80, phone: "corner", render: (row) => `× ${row.times}` },
    { id: "first", title: t("quarantine.first"), width: 140, render: (row) => <Age at={row.first_at} zone={zoneOf(row.site_id)} /> },
    { id: "last", title: t("quarantine.last"), width: 140, phone: "line", render: (row) => <Age at={row.last_at} zone={zoneOf(row.site_id)} /> },
  ];
}

export function QuarantinePage({ search }: { search: QuarantineSearch }) {
  const { t } = useTranslation();
  return <Page title={t("section.quarantine")}>{search.tab === "types" ? <Types search={search} /> : <Messages search={search} />}</Page>;
}

function Frame<Row>({ list, children }: { list: List<Row, QuarantineSearch>; children: ReactNode }) {
  const { t } = useTranslation();
  const { search, change } = list;
  const goTo = (tab: string | null) => change({ tab: tab === "types" ? tab : undefined, q: undefined, sort: undefined, open: undefined, reason: undefined });
  return (
    <>
      <Tabs value={search.tab ?? "messages"} onChange={goTo}>
        <Tabs.List aria-label={t("section.quarantine")}>
          {TABS.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`quarantine.tab.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {children}
    </>
  );
}

function SiteFilter<Row>({ list }: { list: List<Row, QuarantineSearch> }) {
  const { t } = useTranslation();
  const sites = useSites();
  if (sites.length < 2) return null;
  return (
    <FilterSelect
      label={t("passes.site")}
      value={list.search.site}
      options={sites.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(site) => list.change({ site })}
    />
  );
}

function Messages({ search }: { search: QuarantineSearch }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const list = useList<SetAside, QuarantineSearch>({ key: ["quarantine"], search, fetch: listSetAside });
  const isFiltered = Boolean(search.q ?? search.reason ?? search.site);
  const open = useOpened(list);
  return (
    <>
      <Frame list={list}>
        <FilterBar q={search.q} onSearch={(q) => list.change({ q })} placeholder={t("quarantine.searchHint")}>
          <FilterSelect
            label={t("quarantine.reasonLabel")}
            width={220}
            value={search.reason}
            options={REASONS.map((reason) => ({ value: reason, label: t(`quarantine.reason.${reason}`) }))}
            onChange={(reason) => list.change({ reason })}
          />
          <SiteFilter list={list} />
        </FilterBar>
      </Frame>
      <BesideList panel={open && <SetAsidePanel item={open} onClose={() => list.change({ open: undefined })} />}>
        <DataTable
          id="quarantine"
          label={t("section.quarantine")}
          list={list}
          columns={columns(t, zoneOf)}
          rowKey={(row) => row.id}
          onOpen={(row) => list.change({ open: row.id })}
          empty={<NothingHere icon={<IconInbox size={28} />} isFiltered={isFiltered} title={t("quarantine.none")} hint={t("quarantine.noneHint")} />}
        />
      </BesideList>
    </>
  );
}

/** The row whose card is open, though the list may have been scrolled away from it. */
function useOpened({ rows, search }: List<SetAside, QuarantineSearch>): SetAside | undefined {
  const [seen, setSeen] = useState<SetAside>();
  const found = rows.find(({ id }) => id === search.open);
  if (found && found !== seen) setSeen(found);
  return found ?? (seen?.id === search.open ? seen : undefined);
}

function Types({ search }: { search: QuarantineSearch }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const list = useList<UnknownType, QuarantineSearch>({ key: ["unknown_types"], search, fetch: listUnknownTypes });
  return (
    <>
      <Frame list={list}>
        <Group>
          <SiteFilter list={list} />
        </Group>
      </Frame>
      <DataTable
        id="unknown-types"
        label={t("quarantine.tab.types")}
        list={list}
        columns={typeColumns(t, zoneOf)}
        rowKey={(row) => `${row.box_id} ${row.channel} ${row.type}`}
        empty={<Empty icon={<IconInbox size={28} />} title={t("quarantine.noTypes")} hint={t("quarantine.noTypesHint")} />}
      />
    </>
  );
}
