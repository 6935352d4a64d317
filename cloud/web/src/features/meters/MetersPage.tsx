/** Meters: find one, open its chart. */

import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconGauge, IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useKeys } from "@/shared/keys/useKeys";
import { profilesQuery, profileTitle } from "@/shared/lookups/profiles";
import { useSitesHere } from "@/shared/lookups/sites";
import type { PageQuery } from "@/shared/api/page";
import { useMay } from "@/shared/session/me";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { useList } from "@/shared/table/useList";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { listMeters, type MeterRow, RESOURCES } from "./api";
import { MeterDialog } from "./MeterDialog";
import type { MeterSearch } from "./search";

/** A meter with the name of its model. */
type Named = MeterRow & { model: string };

function columns(t: TFunction): Column<Named>[] {
  return [
    { id: "name", title: t("field.name"), sort: "name", isWhole: true, minWidth: 130, phone: "headline", render: (row) => row.name },
    { id: "resource", title: t("meters.resource"), sort: "resource", phone: "corner", render: (row) => t(`meters.resources.${row.resource}`) },
    { id: "serial", title: t("meters.serial"), phone: "line", render: (row) => row.serial },
    { id: "address", isWhole: true, minWidth: 130, title: t("field.address"), phone: "line", render: (row) => row.address },
    { id: "site", title: t("passes.site"), sort: "site", isWhole: true, minWidth: 110, render: (row) => row.site },
    { id: "box", title: t("sites.boxOne"), isExtra: true, render: (row) => row.box },
    { id: "profile", isWhole: true, title: t("meters.model"), render: (row) => row.model },
    { id: "channels", title: t("meters.channels"), align: "right", render: (row) => row.series.length },
  ];
}

/** A model that this release does not know is called by its code. */
function useListNamed() {
  const client = useQueryClient();
  return async (query: PageQuery, search: MeterSearch) => {
    const [page, profiles] = await Promise.all([listMeters(query, search), client.query({ ...profilesQuery, staleTime: "static" })]);
    const titles = new Map(profiles.map((each) => [each.id, profileTitle(each)]));
    return { ...page, items: page.items.map((row) => ({ ...row, model: titles.get(row.profile) ?? row.profile })) };
  };
}

export function MetersPage({ search }: { search: MeterSearch }) {
  const { t } = useTranslation();
  const sites = useSitesHere();
  const navigate = useNavigate();
  const list = useList<Named, MeterSearch>({ key: ["meters"], search, fetch: useListNamed() });
  const shown = useMemo(() => columns(t), [t]);
  const mayManage = useMay()("meters.manage");
  const [isAdding, adding] = useDisclosure();
  const goTo = ({ id }: { id: string }) => void navigate({ to: "/desk/meters/$meterId", params: { meterId: id } });
  useKeys([["n", () => mayManage && adding.open()]]);
  const add = mayManage && (
    <Button leftSection={<IconPlus size={16} />} onClick={adding.open}>
      {t("add.meter")}
    </Button>
  );
  const isFiltered = Boolean(search.q ?? search.resource ?? search.site);
  return (
    <Page title={t("section.meters")} actions={add}>
      <FilterBar q={search.q} onSearch={(q) => list.change({ q })} placeholder={t("meters.searchHint")}>
        <FilterSelect
          label={t("meters.resource")}
          value={search.resource}
          options={RESOURCES.map((resource) => ({ value: resource, label: t(`meters.resources.${resource}`) }))}
          onChange={(resource) => list.change({ resource })}
        />
        {sites.length > 1 && (
          <FilterSelect
            label={t("passes.site")}
            value={search.site}
            options={sites.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(site) => list.change({ site })}
          />
        )}
      </FilterBar>
      <DataTable
        id="meters"
        label={t("section.meters")}
        list={list}
        columns={shown}
        rowKey={(row) => row.id}
        onOpen={goTo}
        empty={
          <Empty
            icon={<IconGauge size={28} />}
            title={isFiltered ? t("list.nothingFound") : t("meters.none")}
            hint={isFiltered ? t("list.nothingFoundHint") : t("meters.noneHint")}
            action={isFiltered ? null : add}
          />
        }
      />
      {isAdding && <MeterDialog onClose={adding.close} onMade={goTo} />}
    </Page>
  );
}
