/** The columns of the passes' list, in the order that gatehouses know. */

import { Text } from "@mantine/core";
import type { TFunction } from "i18next";

import { formatDate, formatDateTime } from "@/shared/format/dates";
import { type Column, NUMBER_WIDTH } from "@/shared/table/columns";
import { Age } from "@/shared/ui/Age";
import type { PassRow } from "./api";
import { PassFor } from "./PassFor";
import { PassStatus } from "./PassStatus";

/** From here on, px, all columns of a gatehouse stand side by side. */
const ROOMY = 1100;
/** So narrow, px, is the list on a tablet or beside an opened pass: addresses would make rows of three lines. */
const BESIDE_A_CARD = 800;

type ZoneOf = (siteId: string) => string | undefined;

/** `22.11.2026`, or both days (`22.11 – 24.11.2026`), or the moment from which it stands. */
export function visitText(pass: Pick<PassRow, "valid_from" | "valid_until">, zone: string | undefined): string {
  const from = formatDate(new Date(pass.valid_from), zone);
  if (!pass.valid_until) return `${from} →`;
  // A pass until midnight is a pass for the day before it.
  const until = formatDate(new Date(Date.parse(pass.valid_until) - 1), zone);
  if (from === until) return from;
  const isSameYear = from.slice(-5) === until.slice(-5);
  return `${isSameYear ? from.slice(0, -5) : from}\u00a0– ${until}`;
}

function exactVisit(pass: PassRow, zone: string | undefined): string {
  const until = pass.valid_until ? formatDateTime(new Date(pass.valid_until), zone) : "…";
  return `${formatDateTime(new Date(pass.valid_from), zone)} – ${until}`;
}

export function passColumns(t: TFunction, zoneOf: ZoneOf): Column<PassRow>[] {
  return [
    { id: "state", title: t("passes.column.state"), render: (row) => <PassStatus state={row.state} />, width: 134, phone: "corner" },
    { id: "for", isWhole: true, grow: 4, minWidth: 170, title: t("passes.column.for"), sort: "holder", render: (row) => <PassFor pass={row} />, phone: "headline" },
    { id: "host", isWhole: true, grow: 1.7, minWidth: 100, title: t("passes.column.host"), sort: "host", render: (row) => row.host, phone: "line" },
    { id: "address", isExtra: BESIDE_A_CARD, isWhole: true, grow: 2.2, minWidth: 110, title: t("passes.column.address"), sort: "address", render: (row) => row.address, phone: "line" },
    { id: "ticket", isExtra: ROOMY, title: t("passes.column.ticket"), render: (row) => row.ticket },
    { id: "service", isExtra: ROOMY, isWhole: true, grow: 1.4, title: t("passes.column.service"), render: (row) => row.service },
    {
      id: "visit",
      title: t("passes.column.visit"),
      sort: "visit",
      isWhole: true,
      grow: 1.7,
      minWidth: 100,
      phone: "line",
      render: (row) => (
        <Text span inherit title={exactVisit(row, zoneOf(row.site_id))}>
          {visitText(row, zoneOf(row.site_id))}
        </Text>
      ),
    },
    {
      id: "changed",
      title: t("passes.column.changed"),
      sort: "changed",
      isExtra: ROOMY,
      width: 118,
      render: (row) => <Age at={row.changed_at} zone={zoneOf(row.site_id)} />,
    },
    { id: "number", isExtra: 960, phone: "line", title: t("passes.column.number"), sort: "number", width: NUMBER_WIDTH, align: "right", render: (row) => row.number },
    { id: "kind", title: t("passes.kindLabel"), isExtra: true, render: (row) => t(`passes.kind.${row.kind}`) },
    { id: "phone", title: t("field.phone"), isExtra: true, render: (row) => row.phone },
    { id: "uses", title: t("passes.uses"), isExtra: true, align: "right", render: (row) => `${row.uses} / ${row.entries ?? "∞"}` },
  ];
}
