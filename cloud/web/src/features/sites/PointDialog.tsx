/** A point: the box that drives it, what opens it and how, the readers there and which way people pass. */

import { ActionIcon, Button, Group, Input, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { showSaved } from "@/shared/api/saved";
import { FormDialog } from "@/shared/form/FormDialog";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import type { DeviceRole, Driver } from "@/shared/lookups/drivers";
import { type BarrierEntered, barrierEntered, barrierToSend } from "./barrierDraft";
import { BarrierFields } from "./BarrierFields";
import { type Box, changePoint, createPoint, type Device, type Point, UNSENT, type Zone } from "./api";
import { type Door, DoorFields } from "./DoorFields";
import { inTree, pathOf } from "./zoneTree";

/** Keys are the server's own paths, so that its errors find their fields. */
interface Entered extends BarrierEntered, Door {
  box_id: string;
  name: string;
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
  points: Point[];
  point: Point | undefined;
  onClose: () => void;
}

function entered(point: Point | undefined, boxes: Box[]): Entered {
  return {
    box_id: point?.box_id ?? boxes[0]?.id ?? "",
    name: point?.name ?? "",
    ...barrierEntered(point?.barrier ?? null),
    readers: (point?.readers ?? []).map(({ device, direction }) => ({ device, direction })),
    camera_id: point?.camera_id ?? null,
    zone_id: point?.zone_id ?? null,
    building_id: point?.building_id ?? null,
    entrance_id: point?.entrance_id ?? null,
    residents: point?.residents ?? false,
  };
}

const FIELDS = ["box_id", "name", "barrier", "readers", "camera_id", "building_id", "entrance_id", "residents"];

export function PointDialog({ complexId, boxes, zones, devices, drivers, points, point, onClose }: PointDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const send = (values: Entered) => {
    const { box_id, name, readers, camera_id, zone_id, building_id, entrance_id, residents } = values;
    const door = { building_id, entrance_id, residents };
    const body = { box_id, name, readers, camera_id, zone_id, ...door, barrier: barrierToSend(values) };
    return point ? changePoint(point.id, body) : createPoint(body);
  };
  const draft = useDraft(entered(point, boxes), send, {
    fields: [...FIELDS, ...(zones.length > 0 ? ["zone_id"] : [])],
    onDone: (saved) => {
      showSaved(client, ["points", "of"], saved, "id");
      for (const list of ["points", ...UNSENT]) void client.invalidateQueries({ queryKey: [list] });
      onClose();
    },
  });
  const { values, set, patch, error } = draft;
  const ofBox = devices.filter((device) => device.box_id === values.box_id);
  const roles = new Map(drivers.map(({ driver, role, also }) => [driver, [role, also]]));
  const options = (role: DeviceRole) => ofBox.filter(({ driver }) => roles.get(driver)?.includes(role)).map(({ id, name }) => ({ value: id, label: name }));
  const gates = points.filter(({ id, box_id, barrier }) => id !== point?.id && box_id === values.box_id && barrier !== null).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <FormDialog
      title={point ? t("sites.changePoint") : t("sites.addPoint")}
      draft={draft}
      submitLabel={point ? t("action.save") : t("action.create")}
      onClose={onClose}
      size="xl"
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
        onChange={(id) => id && patch({ box_id: id, "barrier.device": null, "barrier.interlock": null, readers: [], camera_id: null })}
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
      <BarrierFields draft={draft} relays={options("relay")} gates={gates} />
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
