/** A point: the box that drives it, the output that opens it, the readers there and which way people pass. */

import { ActionIcon, Button, Group, Input, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import type { DeviceRole, Driver } from "@/shared/lookups/drivers";
import { type Box, changePoint, createPoint, type Device, type Point, UNSENT, type Zone } from "./api";
import { type Door, DoorFields } from "./DoorFields";
import { inTree, pathOf } from "./zoneTree";

/** Keys are the server's own paths, so that its errors find their fields. */
interface Entered extends Door {
  box_id: string;
  name: string;
  "barrier.device": string | null;
  "barrier.output": number;
  "barrier.pulse_ms": number;
  readers: { device: string; direction: "in" | "out" }[];
  camera_id: string | null;
  zone_id: string | null;
}

interface PointDialogProps {
  complexId: string | null;
  boxes: Box[];
  zones: Zone[];
  devices: Device[];
  drivers: Driver[];
  point: Point | undefined;
  onClose: () => void;
}

const PULSE_MS = 700;
/** How a barrier is driven of which nothing more is known. */
const PLAIN = { kind: "pulse", travel_s: 15, stay_s: 5, held_open_s: 120, lights: [] } as const;

function entered(point: Point | undefined, boxes: Box[]): Entered {
  return {
    box_id: point?.box_id ?? boxes[0]?.id ?? "",
    name: point?.name ?? "",
    "barrier.device": point?.barrier?.device ?? null,
    "barrier.output": point?.barrier?.output ?? 0,
    "barrier.pulse_ms": point?.barrier?.pulse_ms ?? PULSE_MS,
    readers: (point?.readers ?? []).map(({ device, direction }) => ({ device, direction })),
    camera_id: point?.camera_id ?? null,
    zone_id: point?.zone_id ?? null,
    building_id: point?.building_id ?? null,
    entrance_id: point?.entrance_id ?? null,
    residents: point?.residents ?? false,
  };
}

export function PointDialog({ complexId, boxes, zones, devices, drivers, point, onClose }: PointDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const send = (values: Entered) => {
    const { "barrier.device": device, "barrier.output": output, "barrier.pulse_ms": pulse_ms, ...rest } = values;
    const driven = point?.barrier ?? { ...PLAIN, lights: [] };
    const barrier = device ? { ...driven, device, output, pulse_ms } : null;
    const body = { ...rest, barrier };
    return point ? changePoint(point.id, body) : createPoint(body);
  };
  const draft = useDraft(entered(point, boxes), send, {
    fields: ["box_id", "name", "barrier.device", "barrier.output", "barrier.pulse_ms", "readers", "camera_id", "zone_id", "building_id", "entrance_id", "residents"],
    onDone: () => {
      for (const list of ["points", ...UNSENT]) void client.invalidateQueries({ queryKey: [list] });
      onClose();
    },
  });
  const { values, set, patch, error } = draft;
  const ofBox = devices.filter((device) => device.box_id === values.box_id);
  const roles = new Map(drivers.map(({ driver, role, also }) => [driver, [role, also]]));
  const options = (role: DeviceRole) => ofBox.filter(({ driver }) => roles.get(driver)?.includes(role)).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <FormDialog
      title={point ? t("sites.changePoint") : t("sites.addPoint")}
      draft={draft}
      submitLabel={point ? t("action.save") : t("action.create")}
      onClose={onClose}
      size="lg"
    >
      <TextInput
        data-autofocus
        required
        label={t("field.name")}
        placeholder={t("sites.pointExample")}
        {...draft.text("name")}
      />
      <Select
        label={t("sites.boxOne")}
        allowDeselect={false}
        disabled={point !== undefined}
        data={boxes.map(({ id, name }) => ({ value: id, label: name }))}
        value={values.box_id}
        error={error("box_id")}
        onChange={(id) => id && patch({ box_id: id, "barrier.device": null, readers: [], camera_id: null })}
      />
      {zones.length > 0 && (
        <Select
          clearable
          label={t("sites.leadsInto")}
          description={t("sites.leadsIntoHint")}
          placeholder={t("sites.leadsNowhere")}
          data={inTree(zones).map(({ zone }) => ({ value: zone.id, label: pathOf(zones, zone.id) }))}
          value={values.zone_id}
          error={error("zone_id")}
          onChange={(zone) => set("zone_id", zone)}
        />
      )}
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Select
          label={t("sites.barrier")}
          description={t("sites.barrierHint")}
          clearable
          data={options("relay")}
          value={values["barrier.device"]}
          error={error("barrier.device")}
          onChange={(relay) => set("barrier.device", relay)}
        />
        <NumberInput
          label={t("sites.output")}
          description={t("sites.outputHint")}
          min={0}
          max={63}
          value={values["barrier.output"]}
          error={error("barrier.output")}
          onChange={(output) => set("barrier.output", Number(output))}
        />
        <NumberInput
          label={t("sites.pulse")}
          description={t("sites.pulseHint")}
          min={50}
          max={30_000}
          step={50}
          value={values["barrier.pulse_ms"]}
          error={error("barrier.pulse_ms")}
          onChange={(pulse) => set("barrier.pulse_ms", Number(pulse))}
        />
      </SimpleGrid>
      <ReaderFields draft={draft} options={options("reader")} />
      <Select
        label={t("sites.camera")}
        clearable
        data={options("camera")}
        value={values.camera_id}
        error={error("camera_id")}
        onChange={(camera) => set("camera_id", camera)}
      />
      <DoorFields complexId={complexId} value={values} error={error} onChange={patch} />
    </FormDialog>
  );
}

interface ReaderFieldsProps<R> {
  draft: Draft<Entered, R>;
  options: { value: string; label: string }[];
}

function ReaderFields<R>({ draft, options }: ReaderFieldsProps<R>) {
  const { t } = useTranslation();
  const { readers } = draft.values;
  const change = (index: number, part: Partial<Entered["readers"][number]>) =>
    draft.set("readers", readers.map((reader, other) => (other === index ? { ...reader, ...part } : reader)));
  const first = options[0];
  const isOneRefused = readers.some((_, index) => draft.error(`readers.${index}`));
  const refusal = isOneRefused ? undefined : draft.error("readers");
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>
        {t("sites.readers")}
      </Text>
      {readers.map((reader, index) => (
        <Group key={index} gap="xs" wrap="nowrap" align="flex-start">
          <Select
            flex={1}
            aria-label={t("sites.reader")}
            allowDeselect={false}
            data={options}
            value={reader.device}
            error={draft.error(`readers.${index}.device`)}
            onChange={(device) => device && change(index, { device })}
          />
          <Select
            w={130}
            aria-label={t("sites.direction")}
            allowDeselect={false}
            data={(["in", "out"] as const).map((direction) => ({ value: direction, label: t(`gate.direction.${direction}`) }))}
            value={reader.direction}
            error={draft.error(`readers.${index}.direction`)}
            onChange={(direction) => direction && change(index, { direction: direction })}
          />
          <ActionIcon aria-label={t("action.remove")} onClick={() => draft.set("readers", readers.filter((_, other) => other !== index))}>
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      {refusal && <Input.Error>{refusal}</Input.Error>}
      <Group>
        <Button
          size="xs"
          variant="default"
          disabled={!first}
          onClick={() => first && draft.set("readers", [...readers, { device: first.value, direction: "in" }])}
        >
          {t("sites.addReader")}
        </Button>
      </Group>
    </Stack>
  );
}
