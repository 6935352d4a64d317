/** The columns of the passes' list, in the order that gatehouses know. */

import { Text } from "@mantine/core";
import type { TFunction } from "i18next";

import { formatDate, formatDateTime } from "@/shared/format/dates";
import type { Column } from "@/shared/table/columns";
import { Age } from "@/shared/ui/Age";
import type { PassRow } from "./api";
import { PassFor } from "./PassFor";
import { PassStatus } from "./PassStatus";

/** From here on, px, all columns of a gatehouse stand side by side: a long name is cut and whole on hover. */
const ROOMY = 1100;

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
    { id: "for", grow: 2.6, minWidth: 170, title: t("passes.column.for"), sort: "holder", render: (row) => <PassFor pass={row} />, phone: "headline" },
    { id: "host", grow: 1.65, minWidth: 100, title: t("passes.column.host"), sort: "host", render: (row) => row.host, phone: "line" },
    { id: "address", grow: 2, minWidth: 110, title: t("passes.column.address"), sort: "address", render: (row) => row.address, phone: "line" },
    { id: "ticket", isExtra: ROOMY, grow: 1.05, minWidth: 68, title: t("passes.column.ticket"), render: (row) => row.ticket },
    { id: "service", isExtra: ROOMY, grow: 1.2, title: t("passes.column.service"), render: (row) => row.service },
    {
      id: "visit",
      title: t("passes.column.visit"),
      sort: "visit",
      grow: 2.55,
      minWidth: 148,
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
    { id: "number", isExtra: 960, title: t("passes.column.number"), sort: "number", width: 54, align: "right", render: (row) => row.number },
    { id: "kind", title: t("passes.kindLabel"), isExtra: true, render: (row) => t(`passes.kind.${row.kind}`) },
    { id: "phone", title: t("field.phone"), isExtra: true, render: (row) => row.phone },
    { id: "uses", title: t("passes.uses"), isExtra: true, align: "right", render: (row) => `${row.uses} / ${row.entries ?? "∞"}` },
  ];
}
