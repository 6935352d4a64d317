/** Zones of a site as they lie in one another: how they are watched, how many they hold, which points lead there. */

import { Group, Paper, Table, Text, VisuallyHidden } from "@mantine/core";
import { IconMap2 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { timeOf } from "@/shared/format/minutes";
import { formatNumber } from "@/shared/format/numbers";
import { Empty } from "@/shared/ui/Empty";
import type { Point, Zone } from "./api";
import { RowActs } from "./RowActs";
import { RowCards, useIsPhone } from "@/shared/ui/RowCards";
import { inTree, pathOf } from "./zoneTree";

interface ZonesTableProps {
  zones: Zone[];
  points: Point[];
  onEdit: ((zone: Zone) => void) | null;
  onRemove: (zone: Zone) => void;
}

const STEP = 22;

export function ZonesTable({ zones, points, onEdit, onRemove }: ZonesTableProps) {
  const { t, i18n } = useTranslation();
  const isPhone = useIsPhone();
  const watched = ({ anti_passback: choice, amnesty_minute: minute }: Zone) =>
    choice !== "off" && minute !== null && minute !== undefined ? t("sites.zone.watchedUntil", { how: t(`sites.zone.${choice}`), time: timeOf(minute) }) : t(`sites.zone.${choice}`);
  const room = ({ capacity, vehicles_only: isVehicles }: Zone) => {
    const most = capacity ? formatNumber(capacity, i18n.language) : t("sites.zone.anyNumber");
    return isVehicles ? t("sites.zone.roomVehicles", { most }) : most;
  };
  const leading = (zone: Zone) => points.filter((point) => point.zone_id === zone.id).map(({ name }) => name).join(", ") || "—";
  const acts = (zone: Zone) =>
    onEdit && <RowActs name={zone.name} removeLabel={t("action.delete")} onEdit={() => onEdit(zone)} onRemove={() => onRemove(zone)} />;
  const rows = inTree(zones);
  if (rows.length === 0) {
    return (
      <Paper withBorder>
        <Empty icon={<IconMap2 size={28} />} title={t("sites.zone.none")} hint={t("sites.zone.noneHint")} />
      </Paper>
    );
  }
  if (isPhone) {
    const cards = rows.map(({ zone }) => ({
      id: zone.id,
      name: pathOf(zones, zone.id),
      facts: [
        [t("sites.zone.number"), zone.number],
        [t("sites.zone.antiPassback"), watched(zone)],
        [t("sites.zone.capacity"), room(zone)],
        [t("sites.zone.points"), leading(zone)],
      ] as const,
      acts: acts(zone),
    }));
    return <RowCards label={t("sites.zones")} rows={cards} />;
  }
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label={t("sites.zones")} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("field.name")}</Table.Th>
              <Table.Th>{t("sites.zone.number")}</Table.Th>
              <Table.Th>{t("sites.zone.antiPassback")}</Table.Th>
              <Table.Th>{t("sites.zone.capacity")}</Table.Th>
              <Table.Th>{t("sites.zone.points")}</Table.Th>
              <Table.Th>
                <VisuallyHidden>{t("list.actions")}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ zone, depth }) => (
              <Table.Tr key={zone.id}>
                <Table.Td fw={550} style={{ paddingInlineStart: `calc(var(--table-horizontal-spacing, var(--mantine-spacing-xs)) + ${depth * STEP}px)` }}>
                  {depth > 0 && (
                    <Text span inherit c="dimmed" aria-hidden>
                      └{" "}
                    </Text>
                  )}
                  {zone.name}
                  {zone.parent_id && <VisuallyHidden>{t("sites.zone.within", { zone: pathOf(zones, zone.parent_id) })}</VisuallyHidden>}
                </Table.Td>
                <Table.Td>{zone.number}</Table.Td>
                <Table.Td>{watched(zone)}</Table.Td>
                <Table.Td>{room(zone)}</Table.Td>
                <Table.Td>{leading(zone)}</Table.Td>
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    {acts(zone)}
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
