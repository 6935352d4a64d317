/** The gates as they are now, and everything that happened at them. */

import { SegmentedControl, Skeleton, Stack } from "@mantine/core";
import { IconActivity } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useSites, useZoneOf } from "@/shared/lookups/sites";
import { DataTable } from "@/shared/table/DataTable";
import { DayFilter } from "@/shared/table/DayFilter";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { useFresh } from "@/shared/table/useFresh";
import { type List, useList } from "@/shared/table/useList";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { useLate } from "@/shared/ui/useLate";
import { latestPassages, listPassages, type Passage } from "./api";
import classes from "./BoardPage.module.css";
import { passageColumns } from "./columns";
import { Lane } from "./Lane";
import { lanesOf } from "./lanes";
import type { PassageSearch } from "./search";

const OUTCOMES = ["all", "granted", "denied"] as const;

export function BoardPage({ search }: { search: PassageSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const sites = useSites();
  const zoneOf = useZoneOf();
  const zone = sites.find((site) => site.id === search.site)?.time_zone ?? sites[0]?.time_zone ?? "UTC";
  const list = useList<Passage, PassageSearch>({
    key: ["passages"],
    search,
    fetch: (query, asked) => listPassages(query, asked, zone),
  });
  const columns = useMemo(() => passageColumns(t, zoneOf), [t, zoneOf]);
  const fresh = useFresh("passage");
  return (
    <Page title={t("section.board")}>
      <Frame fresh={fresh}>
        <BoardFilters list={list} />
        <DataTable
          id="passages"
          label={t("section.board")}
          list={list}
          columns={columns}
          rowKey={(row) => row.id}
          onOpen={(row) => void navigate({ to: "/desk/board/$passageId", params: { passageId: row.id } })}
          marked={fresh}
          empty={<Empty icon={<IconActivity size={28} />} title={t("gate.none")} hint={t("gate.noneHint")} />}
        />
      </Frame>
    </Page>
  );
}

const FEW = 2;

/** Few lanes stand beside the list, so that all is seen at once; many stand above it. */
function Frame({ fresh, children }: { fresh: ReadonlySet<string>; children: ReactNode }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const latest = useQuery({ queryKey: ["passages", "latest"], queryFn: latestPassages });
  const isWaiting = useLate(latest.isPending);
  const lanes = lanesOf(latest.data ?? []);
  const isBeside = lanes.length > 0 && lanes.length <= FEW;
  return (
    <div className={classes["frame"]} data-beside={isBeside || undefined}>
      {isWaiting && <Skeleton height={300} />}
      {lanes.length > 0 && (
        <section className={classes["lanes"]} aria-label={t("gate.lanes")} aria-live="polite">
          {lanes.map((passage) => (
            <Lane key={passage.point_id} passage={passage} zone={zoneOf(passage.site_id)} isFresh={fresh.has(passage.id)} />
          ))}
        </section>
      )}
      <Stack gap="sm" miw={0}>
        {children}
      </Stack>
    </div>
  );
}

function BoardFilters({ list }: { list: List<Passage, PassageSearch> }) {
  const { t } = useTranslation();
  const sites = useSites();
  const { search, change } = list;
  return (
    <FilterBar q={search.q} onSearch={(q) => change({ q })} placeholder={t("gate.searchHint")}>
      <SegmentedControl
        size="sm"
        aria-label={t("gate.outcome")}
        data={OUTCOMES.map((outcome) => ({ value: outcome, label: t(`gate.tab.${outcome}`) }))}
        value={search.outcome ?? "all"}
        onChange={(outcome) => change({ outcome: outcome === "all" ? undefined : outcome })}
      />
      <DayFilter label={t("field.date")} value={search.day} onChange={(day) => change({ day })} />
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
