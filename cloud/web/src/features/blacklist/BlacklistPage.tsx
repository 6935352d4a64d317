/** The blacklist: whom not to let in, and why. */

import { Button, SegmentedControl, Text } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconBan, IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { formatDate } from "@/shared/format/dates";
import { formatPhone } from "@/shared/format/numbers";
import { useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar } from "@/shared/table/FilterBar";
import { useList } from "@/shared/table/useList";
import { Age } from "@/shared/ui/Age";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { Plate } from "@/shared/ui/Plate";
import { ProblemNotice } from "@/shared/ui/Problem";
import { type BlacklistSearch, type Blocked, listBlacklist, unblock } from "./api";
import { BlockDialog } from "./BlockDialog";

type ZoneOf = (siteId: string) => string | undefined;

function columns(t: TFunction, zoneOf: ZoneOf, onRemove: ((row: Blocked) => void) | null): Column<Blocked>[] {
  return [
    {
      id: "who",
      title: t("blacklist.who"),
      sort: "person",
      phone: "headline",
      render: (row) => (
        <>
          {row.plates.map((plate) => (
            <Plate key={plate} canonical={plate} />
          ))}
          {[row.card, row.person, row.phone && formatPhone(row.phone)].filter(Boolean).join(" · ")}
        </>
      ),
    },
    { id: "reason", title: t("field.reason"), phone: "line", render: (row) => row.reason },
    {
      id: "until",
      title: t("field.until"),
      sort: "until",
      phone: "line",
      render: (row) => (row.until ? formatDate(new Date(row.until), zoneOf(row.site_id)) : t("passes.noEnd")),
    },
    { id: "by", title: t("blacklist.by"), phone: "line", render: (row) => row.created_by },
    { id: "created", title: t("blacklist.since"), sort: "created", render: (row) => <Age at={row.created_at} zone={zoneOf(row.site_id)} /> },
    {
      id: "act",
      title: t("list.actions"),
      isTitleHidden: true,
      align: "right",
      phone: "corner",
      render: (row) =>
        row.removed_at ? (
          <Text span size="sm" c="dimmed">
            {t("blacklist.removedBy", { person: row.removed_by ?? "" })}
          </Text>
        ) : (
          onRemove && (
            <Button size="compact-xs" variant="subtle" onClick={() => onRemove(row)}>
              {t("blacklist.remove")}
            </Button>
          )
        ),
    },
  ];
}

export function BlacklistPage({ search }: { search: BlacklistSearch }) {
  const { t } = useTranslation();
  const may = useMay();
  const zoneOf = useZoneOf();
  const client = useQueryClient();
  const list = useList<Blocked, BlacklistSearch>({ key: ["blacklist"], search, fetch: listBlacklist });
  const [isAdding, adding] = useDisclosure();
  const removal = useMutation({
    mutationFn: (row: Blocked) => unblock(row.id),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["blacklist"] }),
  });
  const mayManage = may("blacklist.manage");
  useHotkeys([["n", () => mayManage && adding.open()]]);
  const add = mayManage && (
    <Button leftSection={<IconPlus size={16} />} onClick={adding.open}>
      {t("blacklist.add")}
    </Button>
  );
  return (
    <Page title={t("section.blacklist")} actions={add}>
      <FilterBar q={search.q} onSearch={(q) => list.change({ q })} placeholder={t("blacklist.searchHint")}>
        <SegmentedControl
          aria-label={t("blacklist.which")}
          data={[
            { value: "0", label: t("blacklist.standing") },
            { value: "1", label: t("blacklist.removed") },
          ]}
          value={search.removed ?? "0"}
          onChange={(removed) => list.change({ removed: removed === "1" ? "1" : undefined })}
        />
      </FilterBar>
      {removal.error && <ProblemNotice error={removal.error} />}
      <DataTable
        id="blacklist"
        label={t("section.blacklist")}
        list={list}
        columns={columns(t, zoneOf, mayManage ? (row) => removal.mutate(row) : null)}
        rowKey={(row) => row.id}
        empty={<Empty icon={<IconBan size={28} />} title={search.q ? t("list.nothingFound") : t("blacklist.none")} hint={t("blacklist.noneHint")} action={search.q ? null : add} />}
      />
      {isAdding && <BlockDialog onClose={adding.close} />}
    </Page>
  );
}
