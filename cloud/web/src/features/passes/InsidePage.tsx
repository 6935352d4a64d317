/** Who is inside now: by zones with how full each is, who should have left by now, found by plate or name. */

import { Button, Checkbox, Group, Skeleton, Stack } from "@mantine/core";
import { IconMap2, IconUsers } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useSitesHere, useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { useFresh } from "@/shared/table/useFresh";
import { type List, useList } from "@/shared/table/useList";
import { BackLink } from "@/shared/ui/BackLink";
import { Empty } from "@/shared/ui/Empty";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { Page } from "@/shared/ui/Page";
import { useLate } from "@/shared/ui/useLate";
import { type InsideRow, listInside, type Occupancy } from "./api";
import { PassPanel, useDialogsSoon } from "./dialogs";
import { insideColumns } from "./insideColumns";
import { type InsideSearch, MEANS } from "./search";
import { useOccupancy, ZoneChips } from "./ZoneChips";

const NONE: Occupancy[] = [];

/** A pass with two vehicles inside stands twice. */
const keyOf = (row: InsideRow) => `${row.pass_id} ${row.plate ?? ""}`;

export function InsidePage({ search }: { search: InsideSearch }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const list = useList<InsideRow, InsideSearch>({ key: ["inside"], search, fetch: listInside });
  const columns = useMemo(() => insideColumns(t, zoneOf), [t, zoneOf]);
  const fresh = useFresh("pass");
  const marked = useMemo(() => new Set(list.rows.filter(({ pass_id: id }) => fresh.has(id)).map(keyOf)), [list.rows, fresh]);
  const occupancy = useOccupancy(search);
  const zones = occupancy.data ?? NONE;
  const isWaiting = useLate(occupancy.isPending);
  useDialogsSoon();
  const back = <BackLink to="/desk/passes">{t("section.passes")}</BackLink>;
  // Zones that came by themselves would push the list down.
  if (occupancy.isPending) {
    return (
      <Page title={t("passes.whoIsInside")} back={back}>
        {isWaiting && <Skeleton height={300} />}
      </Page>
    );
  }
  return (
    <Page title={t("passes.whoIsInside")} back={back}>
      <ZoneChips zones={zones} search={search} onChoose={(zone) => list.change({ zone })} />
      <InsideFilters list={list} />
      <Group align="flex-start" wrap="nowrap" gap="md">
        <Stack flex={1} miw={0}>
          <DataTable
            id="inside"
            label={t("passes.whoIsInside")}
            list={list}
            columns={columns}
            rowKey={keyOf}
            onOpen={(row) => list.change({ open: row.pass_id })}
            marked={marked}
            empty={<Nobody list={list} hasZones={zones.length > 0 || occupancy.isError} />}
          />
        </Stack>
        {search.open && <PassPanel key={search.open} id={search.open} onClose={() => list.change({ open: undefined })} />}
      </Group>
    </Page>
  );
}

type InsideList = List<InsideRow, InsideSearch>;

function InsideFilters({ list }: { list: InsideList }) {
  const { t } = useTranslation();
  const sites = useSitesHere();
  const { search, change } = list;
  return (
    <FilterBar q={search.q} onSearch={(q) => change({ q })} placeholder={t("inside.searchHint")}>
      <FilterSelect
        label={t("inside.means")}
        value={search.means}
        options={MEANS.map((means) => ({ value: means, label: t(`inside.by.${means}`) }))}
        onChange={(means) => change({ means })}
      />
      {sites.length > 1 && (
        <FilterSelect
          label={t("passes.site")}
          value={search.site}
          options={sites.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(site) => change({ site, zone: undefined })}
        />
      )}
      <Checkbox label={t("inside.onlyLate")} checked={search.late !== undefined} onChange={(event) => change({ late: event.currentTarget.checked ? "yes" : undefined })} />
    </FilterBar>
  );
}

/** Nobody matches, nobody is there, or there are no zones by which one could know. */
function Nobody({ list, hasZones }: { list: InsideList; hasZones: boolean }) {
  const { t } = useTranslation();
  const mayLayOut = useMay()("sites.manage");
  const { q, site, zone, means, late } = list.search;
  if (q ?? zone ?? means ?? late) {
    const reset = (
      <Button variant="default" onClick={() => list.change({ q: undefined, site: undefined, zone: undefined, means: undefined, late: undefined })}>
        {t("list.resetFilters")}
      </Button>
    );
    return <Empty icon={<IconUsers size={28} />} title={t("list.nothingFound")} hint={t("inside.nobodySuch")} action={reset} />;
  }
  if (!hasZones) {
    const there = mayLayOut && <LinkAnchor {...(site ? { to: "/desk/sites/$siteId", params: { siteId: site } } : { to: "/desk/sites" })}>{t("section.sites")}</LinkAnchor>;
    return <Empty icon={<IconMap2 size={28} />} title={t("inside.noZones")} hint={t("inside.noZonesHint")} action={there} />;
  }
  return <Empty icon={<IconUsers size={28} />} title={t("inside.nobody")} hint={t("inside.nobodyHint")} />;
}
