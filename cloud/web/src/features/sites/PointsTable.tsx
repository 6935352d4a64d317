/** Points of a site: what opens them, what reads there, and the button that opens one now. */

import { Text } from "@mantine/core";
import { IconBarrierBlock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { BarrierNow } from "@/shared/barrier/BarrierNow";
import type { Movable } from "@/shared/barrier/moves";
import { Moves } from "@/shared/barrier/Moves";
import { useZoneOf } from "@/shared/lookups/sites";
import { Empty } from "@/shared/ui/Empty";
import type { Device, Point, Zone } from "./api";
import { RowActs } from "./RowActs";
import { ShortTable } from "@/shared/ui/ShortTable";
import { pathOf } from "./zoneTree";

interface PointsTableProps {
  points: Point[];
  zones: Zone[];
  devices: Device[];
  onEdit: ((point: Point) => void) | null;
  onRemove: (point: Point) => void;
}

export function PointsTable({ points, zones, devices, onEdit, onRemove }: PointsTableProps) {
  const { t } = useTranslation();
  const zone = useZoneOf();
  const nameOf = (id: string | null) => devices.find((device) => device.id === id)?.name ?? "—";
  const opener = ({ barrier }: Point) => (barrier ? `${t(`sites.kinds.${barrier.kind}.name`)}: ${t("sites.barrierOutput", { device: nameOf(barrier.device), output: barrier.output })}` : "—");
  const readers = (point: Point) => point.readers.map((reader) => `${nameOf(reader.device)} (${t(`gate.direction.${reader.direction}`)})`).join(", ") || "—";
  const leadsInto = (point: Point) => pathOf(zones, point.zone_id) || "—";
  const now = (point: Point) => <PointNow point={point} zone={zone(point.site_id)} />;
  const acts = (point: Point) => (
    <>
      <PointMoves point={point} />
      {onEdit && <RowActs name={point.name} removeLabel={t("sites.removal.archive")} onEdit={() => onEdit(point)} onRemove={() => onRemove(point)} />}
    </>
  );
  return (
    <ShortTable
      label={t("sites.points")}
      rows={points}
      rowKey={({ id }) => id}
      status={{ show: now }}
      name={{
        title: t("field.name"),
        of: ({ name }) => name,
        show: (point) => (
          <>
            {point.name}
            {point.residents && (
              <Text size="xs" c="dimmed">
                {t("sites.forResidents")}
              </Text>
            )}
            {now(point)}
          </>
        ),
      }}
      parts={[
        { title: t("sites.boxOne"), show: (point) => point.box_name },
        { title: t("sites.barrier"), show: opener },
        { title: t("sites.readers"), show: readers },
        ...(zones.length > 0 ? [{ title: t("sites.leadsInto"), show: leadsInto }] : []),
        { title: t("sites.forResidents"), show: (point) => point.residents && t("yes"), only: "card" },
      ]}
      acts={acts}
      empty={<Empty icon={<IconBarrierBlock size={28} />} title={t("sites.noPoints")} hint={t("sites.noPointsHint")} />}
    />
  );
}

function movable(point: Point): Movable | null {
  const { id, name, site_id, site_name: site, barrier, barrier_position: position, hold } = point;
  return barrier && { id, name, site, site_id, kind: barrier.kind, can_stop: barrier.stop_output !== null, position, hold };
}

function PointMoves({ point }: { point: Point }) {
  const barrier = movable(point);
  return barrier && <Moves barrier={barrier} />;
}

function PointNow({ point, zone }: { point: Point; zone: string | undefined }) {
  const barrier = movable(point);
  return barrier && <BarrierNow barrier={barrier} zone={zone} />;
}
