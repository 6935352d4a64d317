/** Who did what, when, from where. */

import { Stack, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { i18n } from "i18next";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { formatDateTime, momentInZone } from "@/shared/format/dates";
import { type Driver, useDrivers } from "@/shared/lookups/drivers";
import { profilesQuery, profileTitle } from "@/shared/lookups/profiles";
import { useMay } from "@/shared/session/me";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { DayFilter } from "@/shared/table/DayFilter";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { useList } from "@/shared/table/useList";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { actionText, AUDITED } from "./actions";
import { actorText } from "./actor";
import { detailsOf } from "./details";
import type { AuditSearch } from "./search";

type AuditRow = components["schemas"]["AuditRow"];

const DAY_MS = 86_400_000;

function listAudit(query: PageQuery, search: AuditSearch) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const from = search.day ? momentInZone(search.day, "00:00", zone) : null;
  return answer(
    api.GET("/api/audit", {
      params: {
        query: {
          ...query,
          ...(search.kind ? { object_kind: search.kind } : {}),
          ...(from ? { since: from.toISOString(), until: new Date(from.getTime() + DAY_MS).toISOString() } : {}),
        },
      },
    }),
  );
}

function columns(words: i18n, drivers: readonly Driver[], models: Readonly<Record<string, string>>): Column<AuditRow>[] {
  const { t } = words;
  return [
    { id: "at", title: t("gate.column.at"), sort: "at", width: 176, phone: "line", render: (row) => formatDateTime(new Date(row.at), undefined, true) },
    { id: "actor", title: t("audit.actor"), phone: "line", render: (row) => actorText(row, t) },
    { id: "action", title: t("audit.action"), phone: "headline", render: (row) => <What row={row} action={actionText(row.action, t)} /> },
    {
      id: "changes",
      title: t("audit.changes"),
      phone: "line",
      render: (row) =>
        Object.keys(row.changes).length > 0 && (
          <Stack gap={0}>
            {detailsOf({ ...row, names: { ...models, ...row.names } }, words, drivers).map(({ label, text }) => (
              <Text key={label} size="xs" style={{ whiteSpace: "normal", overflowWrap: "anywhere" }}>
                <Text span inherit c="dimmed">
                  {label}:
                </Text>{" "}
                {text}
              </Text>
            ))}
          </Stack>
        ),
    },
    { id: "address", title: t("audit.address"), render: (row) => row.address },
    {
      id: "correlation",
      title: t("audit.correlation"),
      isExtra: true,
      render: (row) => (
        <Text span ff="monospace" size="xs">
          {row.correlation_id}
        </Text>
      ),
    },
  ];
}

/** What was done, and to which: the name it bears now. */
function What({ row, action }: { row: AuditRow; action: string }) {
  const name = row.names[row.object_id];
  return (
    <>
      {action}
      {name && (
        <Text span inherit c="dimmed">
          {" "}
          · {name}
        </Text>
      )}
    </>
  );
}

export function AuditPage({ search }: { search: AuditSearch }) {
  const { t, i18n: words } = useTranslation();
  const may = useMay();
  const drivers = useDrivers(may("sites.read"));
  const profiles = useQuery({ ...profilesQuery, enabled: may("meters.read") });
  const models = Object.fromEntries((profiles.data ?? []).map((each) => [each.id, profileTitle(each)]));
  const list = useList<AuditRow, AuditSearch>({ key: ["audit"], search, fetch: listAudit });
  return (
    <Page title={t("section.audit")}>
      <FilterBar q={search.q} onSearch={(q) => list.change({ q })} placeholder={t("audit.searchHint")}>
        <FilterSelect
          label={t("audit.object")}
          value={search.kind}
          options={AUDITED.map((kind) => ({ value: kind, label: t(`audit.kind.${kind}`) }))}
          onChange={(kind) => list.change({ kind })}
        />
        <DayFilter label={t("field.date")} value={search.day} onChange={(day) => list.change({ day })} />
      </FilterBar>
      <DataTable
        id="audit"
        label={t("section.audit")}
        list={list}
        columns={columns(words, drivers.data ?? [], models)}
        rowKey={(row) => row.id}
        empty={<Empty icon={<IconHistory size={28} />} title={t("list.nothingFound")} hint={t("list.nothingFoundHint")} />}
      />
    </Page>
  );
}
