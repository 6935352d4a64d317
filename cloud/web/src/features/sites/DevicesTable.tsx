/** Devices of a site: state, how long it has held, what it says. */

import { Button, Paper, Table, Text, VisuallyHidden } from "@mantine/core";
import { IconPlug } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Age } from "@/shared/ui/Age";
import { Empty } from "@/shared/ui/Empty";
import type { Device } from "./api";
import { isDriver } from "./drivers";
import { DeviceStatus } from "./states";

interface DevicesTableProps {
  devices: Device[];
  zone: string;
  onEdit: ((device: Device) => void) | null;
}

export function DevicesTable({ devices, zone, onEdit }: DevicesTableProps) {
  const { t } = useTranslation();
  if (devices.length === 0) {
    return (
      <Paper withBorder>
        <Empty icon={<IconPlug size={28} />} title={t("sites.noDevices")} hint={t("sites.noDevicesHint")} />
      </Paper>
    );
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
                <Table.Td>
                  <DeviceStatus device={device} />
                  {device.status_detail && device.status !== "online" && (
                    <Text size="xs" c="dimmed">
                      {device.status_detail}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>{device.name}</Table.Td>
                <Table.Td>{isDriver(device.driver) ? t(`sites.drivers.${device.driver}`) : device.driver}</Table.Td>
                <Table.Td>{device.box_name}</Table.Td>
                <Table.Td>{device.status_at && <Age at={device.status_at} zone={zone} />}</Table.Td>
                <Table.Td ta="right">
                  {onEdit && (
                    <Button size="compact-xs" variant="subtle" onClick={() => onEdit(device)}>
                      {t("action.change")}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
