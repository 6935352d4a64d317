/** Devices of a site: state, how long it has held, what it says. */

import { Group, Paper, Table, VisuallyHidden } from "@mantine/core";
import { IconPlug } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Age } from "@/shared/ui/Age";
import type { Driver } from "@/shared/lookups/drivers";
import { Empty } from "@/shared/ui/Empty";
import type { Device } from "./api";
import { RowActs } from "./RowActs";
import { RowCards, useIsPhone } from "@/shared/ui/RowCards";
import { DeviceReason, DeviceStatus } from "./states";

interface DevicesTableProps {
  devices: Device[];
  drivers: Driver[];
  zone: string;
  onEdit: ((device: Device) => void) | null;
  onRemove: (device: Device) => void;
}

export function DevicesTable({ devices, drivers, zone, onEdit, onRemove }: DevicesTableProps) {
  const { t } = useTranslation();
  const isPhone = useIsPhone();
  const titleOf = (device: Device) => drivers.find(({ driver }) => driver === device.driver)?.title ?? device.driver;
  const state = (device: Device) => (
    <>
      <DeviceStatus device={device} />
      {device.status !== "online" && <DeviceReason device={device} />}
    </>
  );
  const acts = (device: Device) =>
    onEdit && <RowActs name={device.name} removeLabel={t("action.delete")} onEdit={() => onEdit(device)} onRemove={() => onRemove(device)} />;
  if (devices.length === 0) {
    return (
      <Paper withBorder>
        <Empty icon={<IconPlug size={28} />} title={t("sites.noDevices")} hint={t("sites.noDevicesHint")} />
      </Paper>
    );
  }
  if (isPhone) {
    const rows = devices.map((device) => ({
      id: device.id,
      name: device.name,
      status: state(device),
      facts: [[t("sites.driver"), titleOf(device)], [t("sites.boxOne"), device.box_name], [t("sites.since"), device.status_at && <Age at={device.status_at} zone={zone} />]] as const,
      acts: acts(device),
    }));
    return <RowCards label={t("sites.devices")} rows={rows} />;
  }
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label={t("sites.devices")} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("sites.state")}</Table.Th>
              <Table.Th>{t("field.name")}</Table.Th>
              <Table.Th>{t("sites.driver")}</Table.Th>
              <Table.Th>{t("sites.boxOne")}</Table.Th>
              <Table.Th>{t("sites.since")}</Table.Th>
              <Table.Th>
                <VisuallyHidden>{t("list.actions")}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {devices.map((device) => (
              <Table.Tr key={device.id}>
                <Table.Td>{state(device)}</Table.Td>
                <Table.Td>{device.name}</Table.Td>
                <Table.Td>{titleOf(device)}</Table.Td>
                <Table.Td>{device.box_name}</Table.Td>
                <Table.Td>{device.status_at && <Age at={device.status_at} zone={zone} />}</Table.Td>
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    {acts(device)}
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
