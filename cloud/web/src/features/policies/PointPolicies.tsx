/** What the company says of passes at each point. */

import { notifications } from "@mantine/notifications";
import { IconRoad } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { timeOf } from "@/shared/format/minutes";
import { useMay } from "@/shared/session/me";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar } from "@/shared/table/FilterBar";
import { useList } from "@/shared/table/useList";
import { Empty } from "@/shared/ui/Empty";
import { later, useSoon } from "@/shared/ui/later";
import { listPointPolicies, type PointPolicy } from "./api";
import { POINT_LIMITS } from "./policyDraft";
import type { PolicySearch } from "./search";

const load = async () => (await import("./PointPolicyDialog")).PointPolicyDialog;
const PointPolicyDialog = later(load);

function columns(t: TFunction): Column<PointPolicy>[] {
  return [
    { id: "point", title: t("policies.point"), sort: "point", phone: "headline", render: (row) => row.point },
    { id: "site", title: t("policies.site"), sort: "site", phone: "line", render: (row) => row.site },
    {
      id: "kinds",
      grow: 2,
      title: t("policies.kinds"),
      phone: "line",
      render: (row) => row.kinds?.map((kind) => t(`passes.kind.${kind}`)).join(", ") ?? t("policies.everyKind"),
    },
    {
      id: "hours",
      title: t("policies.hours"),
      phone: "line",
      render: (row) => (row.from_minute === null ? t("policies.anyHour") : `${timeOf(row.from_minute)}–${timeOf(row.until_minute)}`),
    },
    { id: "limits", title: t("policies.limits"), phone: "line", render: (row) => limits(row, t) },
    { id: "approval", title: t("policies.approval"), phone: "line", render: (row) => t(row.approval ? "policies.manager" : "policies.atOnce") },
    { id: "residents", title: t("policies.residents"), phone: "line", render: (row) => t(row.residents ? "policies.residents_yes" : "policies.residents_no") },
  ];
}

/** Those that are set, in words. */
function limits(row: PointPolicy, t: TFunction): string {
  const set = POINT_LIMITS.flatMap((name) => (row[name] === null ? [] : [t(`policies.${name}_is`, { most: row[name] })]));
  return set.join(", ") || t("policies.noLimit");
}

export function PointPolicies({ search }: { search: PolicySearch }) {
  const { t } = useTranslation();
  const mayChange = useMay()("organisation.manage");
  const list = useList<PointPolicy, PolicySearch>({ key: ["policies", "points"], search, fetch: listPointPolicies });
  const shown = useMemo(() => columns(t), [t]);
  const [edited, setEdited] = useState<PointPolicy | null>(null);
  useSoon(load);
  const isSearched = Boolean(search.q);
  return (
    <>
      <FilterBar q={search.q} onSearch={(q) => list.change({ q })} placeholder={t("policies.findPoint")} />
      <DataTable
        id="point-policies"
        label={t("policies.ofPoints")}
        list={list}
        columns={shown}
        rowKey={(row) => row.point_id}
        {...(mayChange ? { onOpen: setEdited } : {})}
        empty={
          <Empty
            icon={<IconRoad size={28} />}
            title={t(isSearched ? "list.nothingFound" : "policies.noPoints")}
            hint={t(isSearched ? "list.nothingFoundHint" : "policies.noPointsHint")}
          />
        }
      />
      {edited && (
        <PointPolicyDialog
          policy={edited}
          onClose={() => setEdited(null)}
          onSaved={() => {
            setEdited(null);
            notifications.show({ message: t("policies.saved"), color: "teal" });
          }}
        />
      )}
    </>
  );
}
