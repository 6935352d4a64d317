/** The blacklist: whom not to let in, and why. */

import { Button, SegmentedControl, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconBan, IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { changed, useOptimistic } from "@/shared/api/optimistic";
import { ConfirmDialog } from "@/shared/form/ConfirmDialog";
import { formatDate } from "@/shared/format/dates";
import { formatPhone } from "@/shared/format/numbers";
import { plateText } from "@/shared/format/plates";
import { useKeys } from "@/shared/keys/useKeys";
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
import { useProblemText } from "@/shared/ui/Problem";
import { notifyUndoable } from "@/shared/ui/undo";
import { blockAgain, type Blocked, listBlacklist, unblock } from "./api";
import { BlockDialog } from "./BlockDialog";
import type { BlacklistSearch } from "./search";

const personOf = (row: Blocked) => [row.person, row.phone && formatPhone(row.phone), row.document];
const subjectOf = (row: Blocked) => [...row.plates.map(plateText), row.card, ...personOf(row)].filter(Boolean).join(", ");

type ZoneOf = (siteId: string) => string | undefined;

function columns(t: TFunction, zoneOf: ZoneOf, onRemove: ((row: Blocked) => void) | null): Column<Blocked>[] {
  return [
    {
      id: "who",
      grow: 1.5,
      title: t("blacklist.who"),
      sort: "person",
      phone: "headline",
      render: (row) => (
        <>
          {row.plates.map((plate) => (
            <Plate key={plate} canonical={plate} />
          ))}
          {[row.card, ...personOf(row)].filter(Boolean).join(" · ")}
        </>
      ),
    },
    { id: "reason", grow: 2, title: t("field.reason"), phone: "line", render: (row) => row.reason },
    {
      id: "until",
      title: t("field.until"),
      sort: "until",
      width: 110,
      phone: "line",
      render: (row) => (row.until ? formatDate(new Date(row.until), zoneOf(row.site_id)) : t("passes.noEnd")),
    },
    { id: "by", title: t("blacklist.by"), phone: "line", render: (row) => row.created_by },
    { id: "created", title: t("blacklist.since"), sort: "created", width: 110, render: (row) => <Age at={row.created_at} zone={zoneOf(row.site_id)} /> },
    {
      id: "act",
      width: 150,
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
  const list = useList<Blocked, BlacklistSearch>({ key: ["blacklist"], search, fetch: listBlacklist });
  const [isAdding, adding] = useDisclosure();
  const [lifting, setLifting] = useState<Blocked | null>(null);
  const mayManage = may("blacklist.manage");
  const shown = useMemo(() => columns(t, zoneOf, mayManage ? setLifting : null), [t, zoneOf, mayManage]);
  useKeys([["n", () => mayManage && adding.open()]]);
  const add = mayManage && (
    <Button leftSection={<IconPlus size={16} />} onClick={adding.open}>
      {t("add.blocked")}
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
      <DataTable
        id="blacklist"
        label={t("section.blacklist")}
        list={list}
        columns={shown}
        rowKey={(row) => row.id}
        empty={<Empty icon={<IconBan size={28} />} title={search.q ? t("list.nothingFound") : t("blacklist.none")} hint={t("blacklist.noneHint")} action={search.q ? null : add} />}
      />
      {isAdding && <BlockDialog onClose={adding.close} />}
      {lifting && <LiftDialog row={lifting} onClose={() => setLifting(null)} />}
    </Page>
  );
}

/** Lets somebody in who was not to be let in: asked once, and taken back by the notification's button. */
function LiftDialog({ row, onClose }: { row: Blocked; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const textOf = useProblemText();
  const who = subjectOf(row);
  const onDone = () => {
    const message = t("blacklist.lifted", { who });
    const again = () => client.invalidateQueries({ queryKey: ["blacklist"] });
    // Which reading of the card was meant is not told by the list: it has to be entered anew.
    if (row.card) notifications.show({ message, color: "teal" });
    else notifyUndoable({ message, label: t("action.bringBack"), undo: () => blockAgain(row).then(again), textOf });
  };
  const lifting = useOptimistic({
    act: unblock,
    keys: [["blacklist"]],
    change: (data, id) => changed(data, id, () => null),
    onDone,
    undone: t("blacklist.notLifted", { who }),
  });
  const lift = () => {
    lifting.mutate(row.id);
    onClose();
    return Promise.resolve();
  };
  return (
    <ConfirmDialog
      title={t("blacklist.removeTitle")}
      hint={t("blacklist.removeHint", { who, reason: row.reason })}
      submitLabel={t("blacklist.remove")}
      act={lift}
      onClose={onClose}
      onDone={() => undefined}
    />
  );
}
