/** Columns of the list of cards. */

import type { TFunction } from "i18next";

import { formatDate } from "@/shared/format/dates";
import { formatPhone } from "@/shared/format/numbers";
import type { Column } from "@/shared/table/columns";
import { Age } from "@/shared/ui/Age";
import type { CardRow } from "./api";
import { CardStatus } from "./CardStatus";

type ZoneOf = (siteId: string) => string | undefined;

export const nameOf = ({ label, printed }: Pick<CardRow, "label" | "printed">) => [label, printed].filter(Boolean).join(" · ");

export const holderOf = ({ holder, pass_number: number }: Pick<CardRow, "holder" | "pass_number">) =>
  [holder, number !== null && `№\u00a0${number}`].filter(Boolean).join(" · ");

export function cardColumns(t: TFunction, zoneOf: ZoneOf): Column<CardRow>[] {
  const zone = ({ site_id: site }: CardRow) => (site ? zoneOf(site) : undefined);
  return [
    { id: "card", isWhole: true, title: t("cards.card"), sort: "card", minWidth: 110, phone: "headline", render: nameOf },
    { id: "state", title: t("cards.column.state"), sort: "state", width: 150, phone: "corner", render: ({ state }) => <CardStatus state={state} /> },
    { id: "holder", isWhole: true, grow: 1.5, minWidth: 130, title: t("cards.column.holder"), sort: "holder", phone: "line", render: holderOf },
    { id: "address", isWhole: true, minWidth: 130, grow: 1.5, title: t("field.address"), phone: "line", render: ({ address }) => address, isExtra: 900 },
    { id: "phone", title: t("field.phone"), render: ({ phone }) => phone && formatPhone(phone), width: 170, isExtra: true },
    { id: "since", title: t("cards.column.since"), sort: "since", width: 120, isExtra: 620, phone: "line", render: (row) => <Age at={row.since} zone={zone(row)} /> },
    {
      id: "due",
      title: t("cards.column.due"),
      sort: "due",
      width: 120,
      phone: "line",
      render: (row) => row.due_at && formatDate(new Date(row.due_at), zone(row)),
    },
    { id: "deposit", title: t("cards.deposit"), render: ({ deposit }) => deposit, isExtra: 1100 },
    { id: "by", title: t("cards.column.by"), render: ({ by }) => by, isExtra: true },
    { id: "format", title: t("cards.column.format"), width: 130, isExtra: true, render: ({ format }) => t(`passes.format.${format as "EM4100"}`, { defaultValue: format }) },
  ];
}
