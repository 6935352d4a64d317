/** Devices of a site: state, how long it has held, what it says. */

import { IconPlug } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Age } from "@/shared/ui/Age";
import type { Driver } from "@/shared/lookups/drivers";
import { Empty } from "@/shared/ui/Empty";
import type { Device } from "./api";
import { RowActs } from "./RowActs";
import { ShortTable } from "@/shared/ui/ShortTable";
import { DeviceReason, DeviceStatus, hasReason } from "./states";

interface DevicesTableProps {
  devices: Device[];
  drivers: Driver[];
  zone: string;
  onEdit: ((device: Device) => void) | null;
  onRemove: (device: Device) => void;
}

export function DevicesTable({ devices, drivers, zone, onEdit, onRemove }: DevicesTableProps) {
  const { t } = useTranslation();
  const titleOf = (device: Device) => drivers.find(({ driver }) => driver === device.driver)?.title ?? device.driver;
  const state = (device: Device) => (
    <>
      <DeviceStatus device={device} />
      {hasReason(device) && <DeviceReason device={device} />}
    </>
  );
  const acts = (device: Device) =>
    onEdit && <RowActs name={device.name} removeLabel={t("action.delete")} onEdit={() => onEdit(device)} onRemove={() => onRemove(device)} />;
  return (
    <ShortTable
      label={t("sites.devices")}
      rows={devices}
      rowKey={({ id }) => id}
      status={{ title: t("sites.state"), show: state }}
      name={{ title: t("field.name"), of: ({ name }) => name }}
      parts={[
        { title: t("sites.driver"), show: titleOf },
        { title: t("sites.boxOne"), show: (device) => device.box_name },
        { title: t("sites.since"), show: (device) => device.status_at && <Age at={device.status_at} zone={zone} /> },
      ]}
      acts={acts}
      empty={<Empty icon={<IconPlug size={28} />} title={t("sites.noDevices")} hint={t("sites.noDevicesHint")} />}
    />
  );
}
