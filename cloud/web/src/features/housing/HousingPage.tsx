/** The housing: complexes, their buildings, their premises. */

import { Button, Group, Tabs } from "@mantine/core";
import { IconBuildingEstate, IconPlus } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { type ComponentType, type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { chosenComplex } from "@/shared/complex/complex";
import { formatNumber, formatQuantity } from "@/shared/format/numbers";
import { useKeys } from "@/shared/keys/useKeys";
import { useMay } from "@/shared/session/me";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { type List, useList } from "@/shared/table/useList";
import { Empty } from "@/shared/ui/Empty";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { Page } from "@/shared/ui/Page";
import { type Building, type Complex, listBuildings, listComplexes, listPremises, type Premises } from "./api";
import { BuildingDialog, ComplexDialog, PremisesDialog } from "./dialogs";
import { BuildingPanel, ComplexPanel, PremisesPanel } from "./panels";
import { type HousingSearch, PREMISES_KINDS, TABS } from "./search";

type Tab = (typeof TABS)[number];

/** A count that leads to what it counts; the row itself opens the card. */
function Within({ search, children }: { search: HousingSearch; children: ReactNode }) {
  return (
    <LinkAnchor to="/desk/housing" search={search} fz="inherit" onClick={(event) => event.stopPropagation()}>
      {children}
    </LinkAnchor>
  );
}

function complexColumns(t: TFunction, language: string): Column<Complex>[] {
  return [
    { id: "name", title: t("field.name"), sort: "name", phone: "headline", render: (row) => row.name },
    { id: "kind", title: t("housing.kind"), phone: "corner", render: (row) => t(`housing.complexKind.${row.kind}`) },
    { id: "address", title: t("field.address"), phone: "line", render: (row) => row.address },
    { id: "zone", title: t("field.timeZone"), render: (row) => row.time_zone },
    {
      id: "buildings",
      title: t("housing.buildings"),
      align: "right",
      render: (row) => <Within search={{ tab: "buildings", complex: row.id }}>{formatNumber(row.buildings, language)}</Within>,
    },
    {
      id: "premises",
      title: t("housing.premises"),
      align: "right",
      render: (row) => <Within search={{ tab: "premises", complex: row.id }}>{formatNumber(row.premises, language)}</Within>,
    },
  ];
}

function buildingColumns(t: TFunction, language: string): Column<Building>[] {
  return [
    { id: "name", title: t("field.name"), sort: "name", phone: "headline", render: (row) => row.name },
    { id: "kind", title: t("housing.kind"), phone: "corner", render: (row) => t(`housing.buildingKind.${row.kind}`) },
    { id: "complex", title: t("shell.complex"), phone: "line", render: (row) => row.complex },
    { id: "address", title: t("field.address"), phone: "line", render: (row) => row.address },
    { id: "floors", title: t("housing.floors"), align: "right", render: (row) => row.floors },
    {
      id: "premises",
      title: t("housing.premises"),
      align: "right",
      render: (row) => <Within search={{ tab: "premises", complex: row.complex_id, building: row.id }}>{formatNumber(row.premises, language)}</Within>,
    },
  ];
}

function premisesColumns(t: TFunction, language: string): Column<Premises>[] {
  return [
    { id: "address", title: t("field.address"), sort: "number", grow: 2, phone: "headline", render: (row) => row.address },
    { id: "number", title: t("housing.number"), width: 90, render: (row) => row.number },
    { id: "kind", title: t("housing.kind"), phone: "corner", render: (row) => t(`housing.premisesKind.${row.kind}`) },
    { id: "building", title: t("housing.building"), render: (row) => row.building },
    { id: "complex", title: t("shell.complex"), phone: "line", render: (row) => row.complex },
    { id: "floor", title: t("housing.floor"), align: "right", render: (row) => row.floor },
    {
      id: "area",
      title: t("housing.area"),
      align: "right",
      render: (row) => (row.area_m2 === null ? "" : formatQuantity(Number(row.area_m2), t("unit.squareMetre"), language, 2)),
    },
  ];
}

export function HousingPage({ search }: { search: HousingSearch }) {
  const { t } = useTranslation();
  const tab = TABS.find((known) => known === search.tab) ?? "complexes";
  const mayManage = useMay()("housing.manage");
  const [adding, setAdding] = useState<Tab | null>(null);
  const close = () => setAdding(null);
  useKeys([["n", () => mayManage && setAdding(tab)]]);
  const add = mayManage && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(tab)}>
      {t(`housing.add.${tab}`)}
    </Button>
  );
  return (
    <Page title={t("section.housing")} actions={add}>
      {tab === "complexes" && <Complexes search={search} add={add} />}
      {tab === "buildings" && <Buildings search={search} add={add} />}
      {tab === "premises" && <PremisesList search={search} add={add} />}
      {adding === "complexes" && <ComplexDialog onClose={close} />}
      {adding === "buildings" && <BuildingDialog complexId={chosenComplex(search)} onClose={close} />}
      {adding === "premises" && <PremisesDialog building={null} onClose={close} />}
    </Page>
  );
}

interface PartProps {
  search: HousingSearch;
  add: ReactNode;
}

function Frame<Row>({ list, children }: { list: List<Row, HousingSearch>; children?: ReactNode }) {
  const { t } = useTranslation();
  const tab = TABS.find((known) => known === list.search.tab) ?? "complexes";
  const goTo = (next: string | null) => list.change({ tab: next === "complexes" ? undefined : (next ?? undefined), q: undefined, sort: undefined, open: undefined });
  return (
    <>
      <Tabs value={tab} onChange={goTo}>
        <Tabs.List aria-label={t("section.housing")}>
          {TABS.map((known) => (
            <Tabs.Tab key={known} value={known}>
              {t(`housing.${known}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <FilterBar q={list.search.q} onSearch={(q) => list.change({ q })} placeholder={t(`housing.search.${tab}`)}>
        {children}
      </FilterBar>
    </>
  );
}

interface BesideProps<Row> {
  list: List<Row, HousingSearch>;
  Panel: ComponentType<{ id: string; onClose: () => void }>;
  children: ReactNode;
}

/** The list, and the card that is open beside it. */
function Beside<Row>({ list, Panel, children }: BesideProps<Row>) {
  const { open } = list.search;
  return (
    <Group align="flex-start" wrap="nowrap" gap="md">
      <div style={{ flex: 1, minWidth: 0 }}>{children}</div>
      {open && <Panel key={open} id={open} onClose={() => list.change({ open: undefined })} />}
    </Group>
  );
}

function Nothing<Row>({ list, tab, add }: { list: List<Row, HousingSearch>; tab: Tab; add: ReactNode }) {
  const { t } = useTranslation();
  const { q, building, kind } = list.search;
  const isFiltered = Boolean(q ?? chosenComplex(list.search) ?? building ?? kind);
  return (
    <Empty
      icon={<IconBuildingEstate size={28} />}
      title={isFiltered ? t("list.nothingFound") : t(`housing.none.${tab}`)}
      hint={isFiltered ? t("list.nothingFoundHint") : t(`housing.noneHint.${tab}`)}
      action={add}
    />
  );
}

function Complexes({ search, add }: PartProps) {
  const { t, i18n } = useTranslation();
  const list = useList<Complex, HousingSearch>({ key: ["complexes"], search, fetch: listComplexes });
  const shown = useMemo(() => complexColumns(t, i18n.language), [t, i18n.language]);
  return (
    <>
      <Frame list={list} />
      <Beside list={list} Panel={ComplexPanel}>
        <DataTable
          id="complexes"
          label={t("housing.complexes")}
          list={list}
          columns={shown}
          rowKey={(row) => row.id}
          onOpen={(row) => list.change({ open: row.id })}
          empty={<Nothing list={list} tab="complexes" add={add} />}
        />
      </Beside>
    </>
  );
}

function Buildings({ search, add }: PartProps) {
  const { t, i18n } = useTranslation();
  const list = useList<Building, HousingSearch>({ key: ["buildings"], search, fetch: listBuildings });
  const shown = useMemo(() => buildingColumns(t, i18n.language), [t, i18n.language]);
  return (
    <>
      <Frame list={list} />
      <Beside list={list} Panel={BuildingPanel}>
        <DataTable
          id="buildings"
          label={t("housing.buildings")}
          list={list}
          columns={shown}
          rowKey={(row) => row.id}
          onOpen={(row) => list.change({ open: row.id })}
          empty={<Nothing list={list} tab="buildings" add={add} />}
        />
      </Beside>
    </>
  );
}

function PremisesList({ search, add }: PartProps) {
  const { t, i18n } = useTranslation();
  const list = useList<Premises, HousingSearch>({ key: ["premises"], search, fetch: listPremises });
  const shown = useMemo(() => premisesColumns(t, i18n.language), [t, i18n.language]);
  return (
    <>
      <Frame list={list}>
        <FilterSelect
          label={t("housing.kind")}
          value={search.kind}
          options={PREMISES_KINDS.map((kind) => ({ value: kind, label: t(`housing.premisesKind.${kind}`) }))}
          onChange={(kind) => list.change({ kind })}
        />
        {search.building && (
          <Button variant="default" onClick={() => list.change({ building: undefined })}>
            {t("housing.allBuildings")}
          </Button>
        )}
      </Frame>
      <Beside list={list} Panel={PremisesPanel}>
        <DataTable
          id="premises"
          label={t("housing.premises")}
          list={list}
          columns={shown}
          rowKey={(row) => row.id}
          onOpen={(row) => list.change({ open: row.id })}
          empty={<Nothing list={list} tab="premises" add={add} />}
        />
      </Beside>
    </>
  );
}
