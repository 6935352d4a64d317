/** Points of a site: what opens them, what reads there, and the button that opens one now. */

import { Group, Paper, Table, Text, VisuallyHidden } from "@mantine/core";
import { IconBarrierBlock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { BarrierNow } from "@/shared/barrier/BarrierNow";
import type { Movable } from "@/shared/barrier/moves";
import { Moves } from "@/shared/barrier/Moves";
import { useZoneOf } from "@/shared/lookups/sites";
import { Empty } from "@/shared/ui/Empty";
import type { Device, Point, Zone } from "./api";
import { RowActs } from "./RowActs";
import { RowCards, useIsPhone } from "@/shared/ui/RowCards";
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
  const isPhone = useIsPhone();
  const nameOf = (id: string | null) => devices.find((device) => device.id === id)?.name ?? "—";
  const opener = ({ barrier }: Point) => (barrier ? `${t(`sites.kinds.${barrier.kind}.name`)}: ${t("sites.barrierOutput", { device: nameOf(barrier.device), output: barrier.output })}` : "—");
  const readers = (point: Point) => point.readers.map((reader) => `${nameOf(reader.device)} (${t(`gate.direction.${reader.direction}`)})`).join(", ") || "—";
  const hasZones = zones.length > 0;
  const leadsInto = (point: Point) => pathOf(zones, point.zone_id) || "—";
  const acts = (point: Point) => (
    <>
      <PointMoves point={point} />
      {onEdit && <RowActs name={point.name} removeLabel={t("sites.removal.archive")} onEdit={() => onEdit(point)} onRemove={() => onRemove(point)} />}
    </>
  );
  if (points.length === 0) {
    return (
      <Paper withBorder>
        <Empty icon={<IconBarrierBlock size={28} />} title={t("sites.noPoints")} hint={t("sites.noPointsHint")} />
      </Paper>
    );
  }
  if (isPhone) {
    const rows = points.map((point) => ({
      id: point.id,
      name: point.name,
      status: <PointNow point={point} zone={zone(point.site_id)} />,
      facts: [[t("sites.boxOne"), point.box_name], [t("sites.barrier"), opener(point)], [t("sites.readers"), readers(point)], [t("sites.leadsInto"), hasZones ? leadsInto(point) : null], [t("sites.forResidents"), point.residents ? t("yes") : null]] as const,
      acts: acts(point),
    }));
    return <RowCards label={t("sites.points")} rows={rows} />;
  }
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label={t("sites.points")} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("field.name")}</Table.Th>
              <Table.Th>{t("sites.boxOne")}</Table.Th>
              <Table.Th>{t("sites.barrier")}</Table.Th>
              <Table.Th>{t("sites.readers")}</Table.Th>
              {hasZones && <Table.Th>{t("sites.leadsInto")}</Table.Th>}
              <Table.Th>
                <VisuallyHidden>{t("list.actions")}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {points.map((point) => (
              <Table.Tr key={point.id}>
                <Table.Td>
                  <Text inherit fw={550}>
                    {point.name}
                  </Text>
                  {point.residents && (
                    <Text size="xs" c="dimmed">
                      {t("sites.forResidents")}
                    </Text>
                  )}
                  <PointNow point={point} zone={zone(point.site_id)} />
                </Table.Td>
                <Table.Td>{point.box_name}</Table.Td>
                <Table.Td>{opener(point)}</Table.Td>
                <Table.Td>{readers(point)}</Table.Td>
                {hasZones && <Table.Td>{leadsInto(point)}</Table.Td>}
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    {acts(point)}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
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
