/** The columns of visitors, shifts, decisions and passes made at gates. */

import { Anchor, Text } from "@mantine/core";
import type { TFunction } from "i18next";

import { decisionText } from "@/shared/format/decisions";
import { formatPhone } from "@/shared/format/numbers";
import { type Column, NAMED_NUMBER_WIDTH } from "@/shared/table/columns";
import { Age } from "@/shared/ui/Age";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { Plate } from "@/shared/ui/Plate";
import { Status, type Tone } from "@/shared/ui/Status";
import type { Decision, MadePass, Shift, Visit } from "./api";

export type ZoneOf = (siteId: string) => string | undefined;

const OF_VISIT: Record<Visit["state"], Tone> = { expected: "info", inside: "good", left: "quiet" };
const OF_VERDICT: Record<Decision["verdict"], Tone> = { confirm: "good", refuse: "bad", open: "attention" };
const OF_DRAFT: Record<MadePass["state"], Tone> = { waiting: "info", taken: "good", conflict: "bad", withdrawn: "quiet" };

/** Why something does not stand, and who at the desk has seen it. */
function why(reason: string, settledBy: string | null, t: TFunction) {
  return (
    <>
      {reason}
      {settledBy && (
        <Text span size="xs" c="dimmed">
          {" "}
          {t("watch.settled", { person: settledBy })}
        </Text>
      )}
    </>
  );
}

export function visitColumns(t: TFunction, zoneOf: ZoneOf): Column<Visit>[] {
  return [
    { id: "name", title: t("watch.visitor"), sort: "name", grow: 1.3, minWidth: 190, phone: "headline", render: (row) => row.name },
    { id: "state", title: t("sites.state"), width: 130, phone: "corner", render: (row) => <Status tone={OF_VISIT[row.state]}>{t(`watch.visitState.${row.state}`)}</Status> },
    {
      id: "conflict",
      title: t("watch.visitConflict"),
      grow: 1.3,
      minWidth: 180,
      phone: "line",
      render: (row) =>
        row.conflict && (
          <>
            <Status tone={row.settled_at ? "quiet" : "bad"}>{t("watch.visitState.conflict")}</Status> {why(row.conflict, row.settled_by, t)}
          </>
        ),
    },
    { id: "since", title: t("watch.since"), sort: "since", width: 120, phone: "line", render: (row) => <Age at={row.since} zone={zoneOf(row.site_id)} /> },
    { id: "plate", title: t("watch.plate"), width: 140, phone: "line", render: (row) => row.plate && <Plate canonical={row.plate} /> },
    { id: "phone", title: t("field.phone"), width: 150, isExtra: 1350, render: (row) => row.phone && formatPhone(row.phone) },
    { id: "document", title: t("watch.document"), isExtra: true, render: (row) => row.document },
    { id: "host", title: t("passes.column.host"), minWidth: 130, phone: "line", render: (row) => row.host },
    { id: "hostPhone", title: t("passes.hostPhone"), width: 150, isExtra: 1600, render: (row) => row.host_phone && formatPhone(row.host_phone) },
    { id: "address", title: t("field.address"), grow: 1.3, minWidth: 120, phone: "line", render: (row) => row.address },
    { id: "purpose", title: t("watch.purpose"), isExtra: 1050, render: (row) => row.purpose },
    { id: "card", title: t("watch.cardOut"), width: 130, render: (row) => row.card && (row.card_back ? t("watch.cardBack") : t("watch.cardOut")) },
    { id: "guard", title: t("watch.guard"), minWidth: 150, isExtra: 1500, render: (row) => row.guard },
    { id: "registered", title: t("watch.registered"), sort: "registered", width: 120, isExtra: true, render: (row) => <Age at={row.registered_at} zone={zoneOf(row.site_id)} /> },
  ];
}

export function shiftColumns(t: TFunction, zoneOf: ZoneOf): Column<Shift>[] {
  return [
    { id: "guard", title: t("watch.guard"), sort: "guard", phone: "headline", render: (row) => row.guard },
    { id: "site", title: t("passes.site"), phone: "line", render: (row) => row.site },
    { id: "begun", title: t("watch.begun"), sort: "begun", width: 150, phone: "line", render: (row) => <Age at={row.begun_at} zone={zoneOf(row.site_id)} /> },
    {
      id: "ended",
      title: t("watch.ended"),
      width: 150,
      phone: "corner",
      render: (row) => (row.ended_at ? <Age at={row.ended_at} zone={zoneOf(row.site_id)} /> : <Status tone="good">{t("watch.onDuty")}</Status>),
    },
    { id: "note", title: t("watch.handedOver"), grow: 2, phone: "line", render: (row) => row.note },
  ];
}

export function decisionColumns(t: TFunction, zoneOf: ZoneOf): Column<Decision>[] {
  return [
    { id: "at", title: t("gate.column.at"), sort: "at", width: 130, phone: "line", render: (row) => <Age at={row.at} zone={zoneOf(row.site_id)} /> },
    { id: "verdict", title: t("watch.verdictLabel"), width: 180, phone: "corner", render: (row) => <Status tone={OF_VERDICT[row.verdict]}>{t(`watch.verdict.${row.verdict}`)}</Status> },
    { id: "guard", title: t("watch.guard"), sort: "guard", minWidth: 140, phone: "headline", render: (row) => row.guard },
    { id: "why", title: t("field.reason"), grow: 2, minWidth: 160, phone: "line", render: (row) => decisionText(row, t) },
    { id: "plate", title: t("watch.plate"), width: 140, isExtra: 850, phone: "line", render: (row) => row.plate && <Plate canonical={row.plate} /> },
    { id: "point", title: t("watch.point"), isExtra: 750, phone: "line", render: (row) => row.point },
    {
      id: "still",
      title: t("watch.picture"),
      width: 110,
      isExtra: 950,
      phone: "line",
      render: (row) =>
        row.still && (
          <Anchor href={`/api/files/${row.still}`} target="_blank" rel="noreferrer" fz="inherit">
            {t("watch.openPicture")}
          </Anchor>
        ),
    },
    {
      id: "pass",
      title: t("passes.pass"),
      width: NAMED_NUMBER_WIDTH,
      render: (row) =>
        row.pass_id &&
        row.pass_number !== null && (
          <LinkAnchor to="/desk/passes/$passId" params={{ passId: row.pass_id }} fz="inherit">
            № {row.pass_number}
          </LinkAnchor>
        ),
    },
  ];
}

export function madeColumns(t: TFunction, zoneOf: ZoneOf): Column<MadePass>[] {
  return [
    {
      id: "number",
      title: t("passes.pass"),
      sort: "number",
      width: NAMED_NUMBER_WIDTH,
      phone: "headline",
      render: (row) => (
        <LinkAnchor to="/desk/passes/$passId" params={{ passId: row.pass_id }} fz="inherit">
          № {row.number}
        </LinkAnchor>
      ),
    },
    { id: "state", title: t("sites.state"), width: 150, phone: "corner", render: (row) => <Status tone={OF_DRAFT[row.state]}>{t(`watch.draftState.${row.state}`)}</Status> },
    {
      id: "who",
      title: t("passes.holder"),
      grow: 1.5,
      minWidth: 210,
      phone: "line",
      render: (row) => (
        <>
          {row.plates.map((plate) => (
            <Plate key={plate} canonical={plate} />
          ))}{" "}
          {row.holder || row.vehicle}
        </>
      ),
    },
    { id: "address", title: t("field.address"), grow: 1.3, phone: "line", render: (row) => row.address },
    {
      id: "reason",
      title: t("field.reason"),
      grow: 2,
      phone: "line",
      render: (row) => why(row.reason, row.settled_by, t),
    },
    { id: "guard", title: t("watch.guard"), isExtra: 850, render: (row) => row.guard },
    { id: "at", title: t("watch.registered"), sort: "at", width: 130, phone: "line", render: (row) => <Age at={row.at} zone={zoneOf(row.site_id)} /> },
  ];
}
