/** Cards and fobs of the company: which there are, with whom each is. */

import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCreditCard, IconPlus, IconTableImport } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { chosenComplex } from "@/shared/complex/complex";
import { useKeys } from "@/shared/keys/useKeys";
import { useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { BesideList } from "@/shared/table/BesideList";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar } from "@/shared/table/FilterBar";
import { StateTabs } from "@/shared/table/StateTabs";
import { useFresh } from "@/shared/table/useFresh";
import { type List, useList } from "@/shared/table/useList";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { type CardRow, countCards, listCards } from "./api";
import { cardColumns } from "./columns";
import { AddDialog, CardPanel, ManyCardsDialog, useDialogsSoon } from "./dialogs";
import { CARD_STATES, type CardSearch } from "./search";

export function CardsPage({ search }: { search: CardSearch }) {
  const { t } = useTranslation();
  const mayIssue = useMay()("passes.issue");
  const zoneOf = useZoneOf();
  const list = useList<CardRow, CardSearch>({ key: ["cards"], search, fetch: listCards });
  const columns = useMemo(() => cardColumns(t, zoneOf), [t, zoneOf]);
  const fresh = useFresh("card");
  const [isAdding, adding] = useDisclosure();
  const [isAddingMany, addingMany] = useDisclosure();
  useDialogsSoon();
  useKeys([["n", () => mayIssue && adding.open()]]);
  const add = mayIssue && (
    <Button leftSection={<IconPlus size={16} />} onClick={adding.open}>
      {t("add.card")}
    </Button>
  );
  const addMany = mayIssue && (
    <Button variant="default" leftSection={<IconTableImport size={16} />} onClick={addingMany.open}>
      {t("cards.many.button")}
    </Button>
  );
  return (
    <Page title={t("section.cards")} actions={<>{addMany}{add}</>}>
      <CardStates list={list} />
      <FilterBar q={search.q} onSearch={(q) => list.change({ q })} placeholder={t("cards.searchHint")} />
      <BesideList panel={search.open && <CardPanel key={search.open} id={search.open} onClose={() => list.change({ open: undefined })} />}>
        <DataTable
          id="cards"
          label={t("section.cards")}
          list={list}
          columns={columns}
          rowKey={(row) => row.id}
          onOpen={(row) => list.change({ open: row.id })}
          marked={fresh}
          empty={<NoCards list={list} action={add} />}
        />
      </BesideList>
      {isAdding && <AddDialog onClose={adding.close} />}
      {isAddingMany && <ManyCardsDialog onClose={addingMany.close} />}
    </Page>
  );
}

type CardList = List<CardRow, CardSearch>;

function CardStates({ list }: { list: CardList }) {
  const { t } = useTranslation();
  const counts = useQuery({ queryKey: ["cards", "counts", chosenComplex(list.search)], queryFn: () => countCards(list.search) });
  return (
    <StateTabs
      label={t("cards.column.state")}
      states={CARD_STATES}
      counts={counts.data}
      textOf={(state) => t(`cards.tab.${state}`)}
      value={list.search.state}
      onChange={(state) => list.change({ state })}
    />
  );
}

function NoCards({ list: { search }, action }: { list: CardList; action: ReactNode }) {
  const { t } = useTranslation();
  const isNarrowed = Boolean(search.q ?? search.state);
  return (
    <Empty
      icon={<IconCreditCard size={28} />}
      title={isNarrowed ? t("list.nothingFound") : t("cards.none")}
      hint={isNarrowed ? t("list.nothingFoundHint") : t("cards.noneHint")}
      action={isNarrowed ? null : action}
    />
  );
}
