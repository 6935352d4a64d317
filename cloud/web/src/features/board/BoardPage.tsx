/** The gates as they are now, and everything that happened at them. */

import { Button, SegmentedControl, Skeleton, Stack } from "@mantine/core";
import { IconActivity } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useListZone, useSitesHere, useZoneOf } from "@/shared/lookups/sites";
import { DataTable } from "@/shared/table/DataTable";
import { DayFilter } from "@/shared/table/DayFilter";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { useFresh } from "@/shared/table/useFresh";
import { type List, useList } from "@/shared/table/useList";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { useLate } from "@/shared/ui/useLate";
import { listPassages, type Passage } from "./api";
import classes from "./BoardPage.module.css";
import { passageColumns } from "./columns";
import { Lane } from "./Lane";
import { OUTCOMES, REASONS, type PassageSearch } from "./search";
import { useLanes } from "./useLanes";
import { WallLink } from "./WallLink";

export function BoardPage({ search }: { search: PassageSearch }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const zoneOf = useZoneOf();
  const zone = useListZone(search.site);
  const list = useList<Passage, PassageSearch>({
    key: ["passages", search.day ? zone : ""],
    search,
    fetch: (query, asked) => listPassages(query, asked, zone),
    isReady: !search.day || zone !== undefined,
  });
  const columns = useMemo(() => passageColumns(t, i18n.language, zoneOf), [t, i18n.language, zoneOf]);
  const fresh = useFresh("passage");
  return (
    <Page title={t("section.board")} actions={<WallLink />}>
      <Frame fresh={fresh}>
        <BoardFilters list={list} zone={zone} />
        <DataTable
          id="passages"
          label={t("section.board")}
          list={list}
          columns={columns}
          rowKey={(row) => row.id}
          onOpen={(row) => void navigate({ to: "/desk/board/$passageId", params: { passageId: row.id } })}
          marked={fresh}
          empty={<NoPassages list={list} />}
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
  const query = useLanes();
  const isWaiting = useLate(query.isPending);
  // Where the list stands depends on how many lanes there are.
  if (query.isPending) return isWaiting ? <Skeleton height={300} /> : null;
  const lanes = query.data ?? [];
  const isBeside = lanes.length > 0 && lanes.length <= FEW;
  return (
    <div className={classes["frame"]} data-beside={isBeside || undefined}>
      {lanes.length > 0 && (
        <section className={classes["lanes"]} aria-label={t("gate.lanes")} aria-live="polite">
          {lanes.map((lane) => (
            <Lane key={lane.point_id} lane={lane} zone={zoneOf(lane.site_id)} isFresh={lane.passage !== null && fresh.has(lane.passage.id)} />
          ))}
        </section>
      )}
      <Stack gap="sm" miw={0}>
        {children}
      </Stack>
    </div>
  );
}

type PassageList = List<Passage, PassageSearch>;

function NoPassages({ list }: { list: PassageList }) {
  const { t } = useTranslation();
  const { q, outcome, site, day, point, reason } = list.search;
  const icon = <IconActivity size={28} />;
  if (!(q ?? outcome ?? site ?? day ?? point ?? reason)) return <Empty icon={icon} title={t("gate.none")} hint={t("gate.noneHint")} />;
  const reset = (
    <Button variant="default" onClick={() => list.change({ q: undefined, outcome: undefined, site: undefined, day: undefined, point: undefined, reason: undefined })}>
      {t("list.resetFilters")}
    </Button>
  );
  return <Empty icon={icon} title={t("list.nothingFound")} hint={t("list.nothingFoundHint")} action={reset} />;
}

function BoardFilters({ list, zone }: { list: PassageList; zone: string | undefined }) {
  const { t } = useTranslation();
  const sites = useSitesHere();
  const { search, change } = list;
  const lanes = (useLanes().data ?? []).filter(({ site_id }) => search.site === undefined || site_id === search.site);
  return (
    <FilterBar q={search.q} onSearch={(q) => change({ q })} placeholder={t("gate.searchHint")}>
      <SegmentedControl
        size="sm"
        aria-label={t("gate.outcome")}
        data={(["all", ...OUTCOMES] as const).map((outcome) => ({ value: outcome, label: t(`gate.tab.${outcome}`) }))}
        value={search.outcome ?? "all"}
        onChange={(outcome) => change(outcome === "granted" ? { outcome, reason: undefined } : { outcome: outcome === "all" ? undefined : outcome })}
      />
      <DayFilter label={t("field.date")} value={search.day} onChange={(day) => change({ day })} zone={zone} />
      {sites.length > 1 && (
        <FilterSelect
          label={t("passes.site")}
          value={search.site}
          options={sites.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(site) => change({ site, point: undefined })}
        />
      )}
      {lanes.length > 1 && (
        <FilterSelect
          label={t("watch.point")}
          value={search.point}
          options={lanes.map(({ point_id, point }) => ({ value: point_id, label: point }))}
          onChange={(point) => change({ point })}
        />
      )}
      {search.outcome !== "granted" && (
        <FilterSelect
          label={t("gate.column.reason")}
          value={search.reason}
          options={REASONS.map((reason) => ({ value: reason, label: t(`gate.reason.${reason}`) }))}
          onChange={(reason) => change({ reason })}
          width={230}
        />
      )}
    </FilterBar>
  );
}
