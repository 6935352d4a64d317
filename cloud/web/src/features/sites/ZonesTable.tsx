/** Zones of a site as they lie in one another: how they are watched, how many they hold, which points lead there. */

import { Text, VisuallyHidden } from "@mantine/core";
import { IconMap2 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { timeOf } from "@/shared/format/minutes";
import { formatNumber } from "@/shared/format/numbers";
import { Empty } from "@/shared/ui/Empty";
import type { Point, Zone } from "./api";
import { RowActs } from "./RowActs";
import { ShortTable } from "@/shared/ui/ShortTable";
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
  const watched = ({ anti_passback: choice, amnesty_minute: minute }: Zone) =>
    choice !== "off" && minute !== null && minute !== undefined ? t("sites.zone.watchedUntil", { how: t(`sites.zone.${choice}`), time: timeOf(minute) }) : t(`sites.zone.${choice}`);
  const room = ({ capacity, vehicles_only: isVehicles }: Zone) => {
    const most = capacity ? formatNumber(capacity, i18n.language) : t("sites.zone.anyNumber");
    return isVehicles ? t("sites.zone.roomVehicles", { most }) : most;
  };
  const leading = (zone: Zone) => points.filter((point) => point.zone_id === zone.id).map(({ name }) => name).join(", ") || "—";
  const acts = (zone: Zone) =>
    onEdit && <RowActs name={zone.name} removeLabel={t("action.delete")} onEdit={() => onEdit(zone)} onRemove={() => onRemove(zone)} />;
  return (
    <ShortTable
      label={t("sites.zones")}
      rows={inTree(zones)}
      rowKey={({ zone }) => zone.id}
      name={{
        title: t("field.name"),
        of: ({ zone }) => pathOf(zones, zone.id),
        show: ({ zone, depth }) => (
          <div style={{ paddingInlineStart: depth * STEP }}>
            {depth > 0 && (
              <Text span inherit c="dimmed" aria-hidden>
                └{" "}
              </Text>
            )}
            {zone.name}
            {zone.parent_id && <VisuallyHidden>{t("sites.zone.within", { zone: pathOf(zones, zone.parent_id) })}</VisuallyHidden>}
          </div>
        ),
      }}
      parts={[
        { title: t("sites.zone.number"), show: ({ zone }) => zone.number },
        { title: t("sites.zone.antiPassback"), show: ({ zone }) => watched(zone) },
        { title: t("sites.zone.capacity"), show: ({ zone }) => room(zone) },
        { title: t("sites.zone.points"), show: ({ zone }) => leading(zone) },
      ]}
      acts={({ zone }) => acts(zone)}
      empty={<Empty icon={<IconMap2 size={28} />} title={t("sites.zone.none")} hint={t("sites.zone.noneHint")} />}
    />
  );
}
