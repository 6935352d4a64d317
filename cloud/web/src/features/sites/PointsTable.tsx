/** Points of a site: what opens them, what reads there, and the button that opens one now. */

import { Button, Group, Paper, Table, VisuallyHidden } from "@mantine/core";
import { IconBarrierBlock } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMay } from "@/shared/session/me";
import { Empty } from "@/shared/ui/Empty";
import type { Device, Point } from "./api";
import { OpenDialog } from "./OpenDialog";
import { RowActs } from "./RowActs";

interface PointsTableProps {
  points: Point[];
  devices: Device[];
  onEdit: ((point: Point) => void) | null;
  onRemove: (point: Point) => void;
}

export function PointsTable({ points, devices, onEdit, onRemove }: PointsTableProps) {
  const { t } = useTranslation();
  const mayOpen = useMay()("gates.open");
  const [opening, setOpening] = useState<Point | null>(null);
  const nameOf = (id: string | null) => devices.find((device) => device.id === id)?.name ?? "—";
  if (points.length === 0) {
    return (
      <Paper withBorder>
        <Empty icon={<IconBarrierBlock size={28} />} title={t("sites.noPoints")} hint={t("sites.noPointsHint")} />
      </Paper>
    );
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
              <Table.Th>
                <VisuallyHidden>{t("list.actions")}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {points.map((point) => (
              <Table.Tr key={point.id}>
                <Table.Td fw={550}>{point.name}</Table.Td>
                <Table.Td>{point.box_name}</Table.Td>
                <Table.Td>{point.barrier ? t("sites.barrierOutput", { device: nameOf(point.barrier.device), output: point.barrier.output }) : "—"}</Table.Td>
                <Table.Td>{point.readers.map((reader) => `${nameOf(reader.device)} (${t(`gate.direction.${reader.direction}`)})`).join(", ") || "—"}</Table.Td>
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    {mayOpen && point.barrier && (
                      <Button size="compact-xs" variant="light" onClick={() => setOpening(point)}>
                        {t("sites.open")}
                      </Button>
                    )}
                    {onEdit && <RowActs name={point.name} removeLabel={t("sites.removal.archive")} onEdit={() => onEdit(point)} onRemove={() => onRemove(point)} />}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {opening && <OpenDialog point={opening} onClose={() => setOpening(null)} />}
    </Paper>
  );
}
