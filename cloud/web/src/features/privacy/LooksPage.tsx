/** Who looked at whose data, when and from which screen. */

import { Button, Group, Stack, Text } from "@mantine/core";
import { IconDownload, IconEye, IconX } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { formatDateTime } from "@/shared/format/dates";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { DayFilter } from "@/shared/table/DayFilter";
import { FilterBar, FilterSelect } from "@/shared/table/FilterBar";
import { useList } from "@/shared/table/useList";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { listLooks, type Look, looksWorkbook } from "./api";
import { LOOK_KINDS, type LookSearch } from "./search";
import { subjectText } from "./subjects";

const SHOWN = 3;

function columns(t: TFunction): Column<Look>[] {
  return [
    { id: "at", title: t("gate.column.at"), sort: "at", width: 176, phone: "line", render: (row) => formatDateTime(new Date(row.at), undefined, true) },
    { id: "who", title: t("looks.who"), sort: "who", minWidth: 160, phone: "headline", render: (row) => <Who row={row} /> },
    { id: "what", title: t("looks.what"), width: 150, phone: "line", render: (row) => t(`looks.kind.${row.kind as (typeof LOOK_KINDS)[number]}`) },
    { id: "whose", title: t("looks.whose"), grow: 2, minWidth: 200, phone: "line", render: (row) => <Whose row={row} /> },
    { id: "asked", title: t("looks.asked"), phone: "line", render: (row) => row.asked["q"] && <Wrapped>{`«${row.asked["q"]}»`}</Wrapped> },
    { id: "rows", title: t("looks.rows"), width: 84, align: "right", phone: "line", render: (row) => (row.times > 1 ? `${row.rows} ${t("looks.times", { count: row.times })}` : row.rows) },
    { id: "screen", title: t("looks.screen"), isExtra: 1300, render: (row) => (row.box ? t("looks.box", { box: row.box }) : row.screen || row.operation) },
    { id: "address", title: t("looks.address"), width: 130, isExtra: 1500, render: (row) => row.address },
  ];
}

function Wrapped({ children }: { children: string }) {
  return (
    <Text span inherit style={{ whiteSpace: "normal", overflowWrap: "anywhere" }}>
      {children}
    </Text>
  );
}

function Who({ row }: { row: Look }) {
  return (
    <Stack gap={0}>
      <Wrapped>{row.who}</Wrapped>
      {row.role && (
        <Text size="xs" c="dimmed">
          {row.role}
        </Text>
      )}
    </Stack>
  );
}

/** The first of them by name; all of them on hover, and in the workbook. */
function Whose({ row }: { row: Look }) {
  const { t } = useTranslation();
  if (row.subjects.length === 0) return <Text span inherit c="dimmed">{t("looks.nobody")}</Text>;
  const named = row.subjects.map((subject) => subjectText(subject, row.names, t));
  const rest = named.length - SHOWN;
  return (
    <Text span inherit title={named.join("\n")} style={{ whiteSpace: "normal", overflowWrap: "anywhere" }}>
      {named.slice(0, SHOWN).join(", ")}
      {rest > 0 && (
        <Text span inherit c="dimmed">
          {" "}
          {t("looks.more", { count: rest })}
        </Text>
      )}
    </Text>
  );
}

export function LooksPage({ search }: { search: LookSearch }) {
  const { t } = useTranslation();
  const list = useList<Look, LookSearch>({ key: ["looks"], search, fetch: listLooks });
  const { subject } = search;
  const names = Object.assign({}, ...list.rows.map((row) => row.names)) as Record<string, string>;
  const take = (
    <Button component="a" href={looksWorkbook(search)} download variant="default" leftSection={<IconDownload size={16} />}>
      {t("looks.workbook")}
    </Button>
  );
  return (
    <Page title={t("section.looks")} actions={take}>
      <Text size="sm" c="dimmed" maw={760}>
        {t("looks.hint")}
      </Text>
      <FilterBar q={search.q} onSearch={(q) => list.change({ q })} placeholder={t("looks.searchHint")}>
        <FilterSelect
          label={t("looks.what")}
          value={search.kind}
          options={LOOK_KINDS.map((kind) => ({ value: kind, label: t(`looks.kind.${kind}`) }))}
          onChange={(kind) => list.change({ kind })}
        />
        <DayFilter label={t("field.date")} value={search.day} onChange={(day) => list.change({ day })} />
      </FilterBar>
      {subject && (
        <Group gap="xs">
          <Text size="sm">{t("looks.only", { whose: subjectText(subject, names, t) })}</Text>
          <Button size="compact-sm" variant="default" leftSection={<IconX size={14} />} onClick={() => list.change({ subject: undefined })}>
            {t("looks.all")}
          </Button>
        </Group>
      )}
      <DataTable
        id="looks"
        label={t("section.looks")}
        list={list}
        columns={columns(t)}
        rowKey={(row) => row.id}
        empty={<Empty icon={<IconEye size={28} />} title={t("looks.empty")} hint={t("looks.emptyHint")} />}
      />
    </Page>
  );
}
