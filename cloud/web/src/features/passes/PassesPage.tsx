/** Passes: find, look, issue, revoke. */

import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconId, IconPlus, IconTableImport, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { chosenComplex } from "@/shared/complex/complex";
import { dayInZone, formatDate } from "@/shared/format/dates";
import { useKeys } from "@/shared/keys/useKeys";
import { PASS_KINDS } from "@/shared/lookups/passKinds";
import { useListZone, useSitesHere, useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { BesideList } from "@/shared/table/BesideList";
import { type Choice, DataTable } from "@/shared/table/DataTable";
import { DayFilter } from "@/shared/table/DayFilter";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { StateTabs } from "@/shared/table/StateTabs";
import { useFresh } from "@/shared/table/useFresh";
import { type List, useList } from "@/shared/table/useList";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { countPasses, listPasses, type PassRow } from "./api";
import { passColumns } from "./columns";
import { ApproveChosen, ImportDialog, IssueDialog, ManyDialog, PassPanel, RevokeDialog, useDialogsSoon } from "./dialogs";
import { InsideLink } from "./InsideLink";
import { actsOnMany } from "./many";
import { PASS_STATES, type PassSearch } from "./search";

export function PassesPage({ search }: { search: PassSearch }) {
  const { t } = useTranslation();
  const may = useMay();
  const zoneOf = useZoneOf();
  const zone = useListZone(search.site);
  const list = useList<PassRow, PassSearch>({
    key: ["passes", search.day ? zone : ""],
    search,
    fetch: (query, asked) => listPasses(query, asked, asked.day && zone ? dayInZone(asked.day, zone) : null),
    isReady: !search.day || zone !== undefined,
  });
  const [isIssuing, issuing] = useDisclosure();
  const [isImporting, importing] = useDisclosure();
  useDialogsSoon();
  const [chosen, setChosen] = useState<Choice<PassRow>["chosen"]>(new Map());
  const [changing, setChanging] = useState<PassRow[] | null>(null);
  const [revoking, setRevoking] = useState<PassRow[] | null>(null);
  const columns = useMemo(() => passColumns(t, zoneOf), [t, zoneOf]);
  const fresh = useFresh("pass");
  useKeys([["n", () => may("passes.issue") && issuing.open()]]);
  const tableButton = may("passes.issue") && (
    <Button variant="default" leftSection={<IconTableImport size={16} />} onClick={importing.open}>
      {t("passes.table.button")}
    </Button>
  );
  const issueButton = may("passes.issue") && (
    <Button leftSection={<IconPlus size={16} />} onClick={issuing.open}>
      {t("passes.issue")}
    </Button>
  );
  const acts = actsOnMany(may);
  const bulk = chosen.size > 0 && (
    <Group gap="xs" role="status">
      <Text size="sm">{t("list.chosen", { count: chosen.size })}</Text>
      {acts.includes("approve") && <ApproveChosen rows={newest(chosen, list.rows)} onDone={() => setChosen(new Map())} />}
      {acts.includes("change") && (
        <Button size="xs" variant="default" onClick={() => setChanging(newest(chosen, list.rows))}>
          {t("passes.many.button")}
        </Button>
      )}
      {acts.includes("revoke") && (
        <Button size="xs" variant="default" c="var(--domovoy-denied)" onClick={() => setRevoking(newest(chosen, list.rows))}>
          {t("passes.revoke")}
        </Button>
      )}
      <Button size="xs" variant="subtle" onClick={() => setChosen(new Map())}>
        {t("list.unchoose")}
      </Button>
    </Group>
  );
  return (
    <Page title={t("section.passes")} actions={<><InsideLink />{tableButton}{issueButton}</>}>
      <PassStates list={list} />
      <PassFilters list={list} zone={zone} />
      <BesideList panel={search.open && <PassPanel key={search.open} id={search.open} onClose={() => list.change({ open: undefined })} />}>
        <DataTable
          id="passes"
          label={t("section.passes")}
          list={list}
          columns={columns}
          rowKey={(row) => row.id}
          onOpen={(row) => list.change({ open: row.id })}
          marked={fresh}
          bulk={bulk}
          {...(acts.length > 0 ? { choice: { chosen, change: setChosen } } : {})}
          empty={<NoPasses list={list} action={issueButton} />}
        />
      </BesideList>
      {changing && (
        <ManyDialog
          passes={changing}
          onClose={() => setChanging(null)}
          onDone={(count) => {
            setChanging(null);
            setChosen(new Map());
            notifications.show({ message: t("passes.many.done", { count }), color: "teal" });
          }}
        />
      )}
      {isIssuing && (
        <IssueDialog
          onClose={issuing.close}
          onIssued={(pass) => {
            issuing.close();
            notifications.show({ message: t(pass.state === "requested" ? "passes.requested" : "passes.issued", { number: pass.number }), color: "teal" });
            list.change({ open: pass.id });
          }}
        />
      )}
      {isImporting && (
        <ImportDialog
          onClose={importing.close}
          onIssued={({ issued, group_id: group }) => {
            importing.close();
            notifications.show({ message: t("passes.table.issued", { count: issued }), color: "teal" });
            list.change({ group });
          }}
        />
      )}
      {revoking && (
        <RevokeDialog
          passes={revoking}
          onClose={() => setRevoking(null)}
          onDone={(count) => {
            setRevoking(null);
            setChosen(new Map());
            notifications.show({ message: t("passes.revoked", { count }), color: "teal" });
          }}
        />
      )}
    </Page>
  );
}

/** The chosen rows, those at hand as they are now. */
function newest(chosen: ReadonlyMap<string, PassRow>, rows: readonly PassRow[]): PassRow[] {
  const now = new Map(rows.map((row) => [row.id, row]));
  return [...chosen.values()].map((row) => now.get(row.id) ?? row);
}

type PassList = List<PassRow, PassSearch>;

function PassStates({ list }: { list: PassList }) {
  const { t } = useTranslation();
  const counts = useQuery({ queryKey: ["passes", "counts", chosenComplex(list.search)], queryFn: () => countPasses(list.search) });
  return (
    <StateTabs
      label={t("passes.column.state")}
      states={PASS_STATES}
      counts={counts.data}
      textOf={(state) => t(`passes.tab.${state}`)}
      value={list.search.state}
      onChange={(state) => list.change({ state })}
    />
  );
}

function PassFilters({ list, zone }: { list: PassList; zone: string | undefined }) {
  const { t } = useTranslation();
  const sites = useSitesHere();
  const { search, change } = list;
  return (
    <FilterBar q={search.q} onSearch={(q) => change({ q })} placeholder={t("passes.searchHint")}>
      <DayFilter label={t("passes.column.visit")} value={search.day} onChange={(day) => change({ day })} zone={zone} />
      <FilterSelect
        label={t("passes.kindLabel")}
        value={search.kind}
        options={PASS_KINDS.map((kind) => ({ value: kind, label: t(`passes.kind.${kind}`) }))}
        onChange={(kind) => change({ kind })}
      />
      {sites.length > 1 && (
        <FilterSelect
          label={t("passes.site")}
          value={search.site}
          options={sites.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(site) => change({ site })}
        />
      )}
      {search.group && (
        <Button size="xs" variant="light" rightSection={<IconX size={14} />} onClick={() => change({ group: undefined })}>
          {t("passes.table.shown")}
        </Button>
      )}
    </FilterBar>
  );
}

function NoPasses({ list, action }: { list: PassList; action: ReactNode }) {
  const { t } = useTranslation();
  const { q, state, kind, site, day, group } = list.search;
  const icon = <IconId size={28} />;
  if (!(q ?? state ?? kind ?? site ?? day ?? group)) {
    return <Empty icon={icon} title={t("passes.none")} hint={t("passes.noneHint")} action={action} />;
  }
  const hint = day ? t("passes.noneOn", { day: formatDate(new Date(`${day}T12:00:00Z`), "UTC") }) : t("list.nothingFoundHint");
  return (
    <Empty
      icon={icon}
      title={t("list.nothingFound")}
      hint={hint}
      action={
        <Button variant="default" onClick={() => list.change({ q: undefined, state: undefined, kind: undefined, site: undefined, day: undefined, group: undefined })}>
          {t("list.resetFilters")}
        </Button>
      }
    />
  );
}
