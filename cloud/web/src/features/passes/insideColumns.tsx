/** The columns of the list of those inside. */

import { Text } from "@mantine/core";
import type { TFunction } from "i18next";

import { formatDateTime } from "@/shared/format/dates";
import { formatPhone } from "@/shared/format/numbers";
import { type Column, NAMED_NUMBER_WIDTH } from "@/shared/table/columns";
import { Age } from "@/shared/ui/Age";
import { Plate } from "@/shared/ui/Plate";
import { Status } from "@/shared/ui/Status";
import type { InsideRow } from "./api";

type ZoneOf = (siteId: string) => string | undefined;

/** So narrow, px, is the list beside an opened pass, which tells the rest. */
const BESIDE_A_CARD = 720;

export function insideColumns(t: TFunction, zoneOf: ZoneOf): Column<InsideRow>[] {
  return [
    {
      id: "who",
      title: t("inside.column.who"),
      sort: "holder",
      isWhole: true,
      grow: 2,
      minWidth: 180,
      phone: "headline",
      render: (row) => (
        <>
          {row.plate ? <Plate canonical={row.plate} /> : <Text span inherit c="dimmed">{t("inside.onFoot")}</Text>} {row.holder || row.vehicle}
        </>
      ),
    },
    { id: "zone", title: t("inside.column.zone"), sort: "zone", grow: 1, minWidth: 100, phone: "line", render: (row) => row.zone },
    {
      id: "since",
      title: t("inside.column.since"),
      sort: "since",
      isExtra: BESIDE_A_CARD,
      width: 116,
      phone: "line",
      render: (row) => <Age at={row.since} zone={zoneOf(row.site_id)} />,
    },
    {
      id: "until",
      title: t("inside.column.until"),
      sort: "until",
      width: 208,
      phone: "line",
      render: (row) => <Until row={row} late={t("inside.late")} never={t("passes.noEnd")} zone={zoneOf(row.site_id)} />,
    },
    { id: "host", title: t("passes.column.host"), sort: "host", isExtra: BESIDE_A_CARD, isWhole: true, grow: 1.3, minWidth: 130, phone: "line", render: (row) => row.host },
    { id: "address", title: t("field.address"), sort: "address", isExtra: 960, isWhole: true, grow: 1.6, minWidth: 130, phone: "line", render: (row) => row.address },
    { id: "number", title: t("passes.column.number"), sort: "number", isExtra: BESIDE_A_CARD, width: NAMED_NUMBER_WIDTH, align: "right", phone: "corner", render: (row) => `№\u00a0${row.number}` },
    { id: "phone", title: t("field.phone"), isExtra: true, width: 170, render: (row) => row.phone && formatPhone(row.phone) },
    { id: "kind", title: t("passes.kindLabel"), isExtra: true, render: (row) => t(`passes.kind.${row.kind}`) },
  ];
}

function Until({ row, late, never, zone }: { row: InsideRow; late: string; never: string; zone: string | undefined }) {
  if (!row.valid_until) return never;
  const until = formatDateTime(new Date(row.valid_until), zone);
  return row.overstayed ? <Status tone="attention">{`${late} ${until}`}</Status> : until;
}
