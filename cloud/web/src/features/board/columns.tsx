/** The columns of the passages' list. */

import { Text } from "@mantine/core";
import { IconArrowDownLeft, IconArrowUpRight } from "@tabler/icons-react";
import type { TFunction } from "i18next";

import { formatDateTime } from "@/shared/format/dates";
import { type Column, NAMED_NUMBER_WIDTH } from "@/shared/table/columns";
import { Plate } from "@/shared/ui/Plate";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import type { Passage } from "./api";
import { credentialText } from "./credential";
import { flagText, reasonText } from "./noticed";
import { Verdict } from "./Verdict";

function Place({ passage, direction }: { passage: Passage; direction: string }) {
  const Arrow = passage.direction === "out" ? IconArrowUpRight : IconArrowDownLeft;
  return (
    <>
      <Arrow size={15} role="img" aria-label={direction} style={{ verticalAlign: "-3px", marginInlineEnd: 5 }} />
      {passage.point}
    </>
  );
}

type ZoneOf = (siteId: string) => string | undefined;

export function passageColumns(t: TFunction, language: string, zoneOf: ZoneOf): Column<Passage>[] {
  return [
    {
      id: "at",
      title: t("gate.column.at"),
      sort: "at",
      width: 172,
      phone: "line",
      render: (row) => (
        <Text span inherit title={row.clock_trusted ? undefined : t("gate.clockUnknown")}>
          {formatDateTime(new Date(row.at), zoneOf(row.site_id), true)}
          {!row.clock_trusted && "\u00a0?"}
        </Text>
      ),
    },
    { id: "verdict", title: t("gate.column.verdict"), width: 128, phone: "corner", render: (row) => <Verdict passage={row} /> },
    {
      id: "who",
      width: 140,
      title: t("gate.column.who"),
      phone: "headline",
      render: (row) => (row.plate ? <Plate canonical={row.plate} /> : credentialText(row, t)),
    },
    { id: "reason", grow: 1.8, minWidth: 110, title: t("gate.column.reason"), sort: "reason", phone: "line", render: (row) => [reasonText(row, t, language), ...row.flags.map((flag) => flagText(flag, row, t, language))].join(". ") },
    {
      id: "point",
      title: t("gate.column.point"),
      sort: "point",
      phone: "line",
      render: (row) => <Place passage={row} direction={t(`gate.direction.${row.direction}`)} />,
    },
    {
      id: "pass",
      title: t("passes.pass"),
      width: NAMED_NUMBER_WIDTH,
      render: (row) =>
        row.pass_id && (
          <LinkAnchor to="/desk/passes/$passId" params={{ passId: row.pass_id }} fz="inherit" onClick={(event) => event.stopPropagation()}>
            № {row.pass_number}
          </LinkAnchor>
        ),
    },
    { id: "host", isExtra: 960, isWhole: true, minWidth: 130, grow: 1.2, title: t("gate.column.host"), render: (row) => row.host },
    { id: "address", title: t("field.address"), isExtra: true, grow: 1.5, minWidth: 140, render: (row) => row.address },
    { id: "site", title: t("passes.site"), isExtra: true, render: (row) => row.site },
    {
      id: "speed",
      title: t("gate.column.speed"),
      isExtra: true,
      align: "right",
      render: (row) => (row.latency_us === null ? "" : `${(row.latency_us / 1000).toFixed(1)}\u00a0${t("unit.millisecond")}`),
    },
  ];
}
