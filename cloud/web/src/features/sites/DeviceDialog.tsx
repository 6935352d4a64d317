/** A device: its driver, and the settings that the driver describes. */

import { Select, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { showSaved } from "@/shared/api/saved";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import type { Driver, DriverField } from "@/shared/lookups/drivers";
import { type Box, changeDevice, createDevice, type Device, UNSENT } from "./api";
import { type Entered, entered, movedTo, placed, toSend } from "./deviceDraft";
import { DriverFields } from "./DriverFields";

interface DeviceDialogProps {
  boxes: Box[];
  devices: Device[];
  drivers: Driver[];
  device: Device | undefined;
  onClose: () => void;
}

export function DeviceDialog({ boxes, devices, drivers, device, onClose }: DeviceDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const first = drivers.find(({ driver }) => driver === device?.driver) ?? drivers[0];
  const driverOf = (name: string) => drivers.find(({ driver }) => driver === name) ?? first;
  const draft = useDraft(
    first ? entered(first, device ?? { name: "", box_id: boxes[0]?.id ?? "" }) : { box_id: "", driver: "", name: "" },
    (values) => {
      const driver = driverOf(values.driver);
      if (!driver) throw new Error("no drivers");
      const body = toSend(driver, values, device?.settings, device?.secret_names);
      return device ? changeDevice(device.id, body) : createDevice(body);
    },
    {
      fields: (values) => {
        const driver = driverOf(values.driver);
        return ["box_id", "driver", "name", ...(driver ? placed(driver, values) : [])];
      },
      onDone: (saved) => {
        showSaved(client, ["devices", "of"], saved, "id");
        for (const list of ["devices", ...UNSENT]) void client.invalidateQueries({ queryKey: [list] });
        onClose();
      },
    },
  );
  const { values, patch, error } = draft;
  const [left, setLeft] = useState<ReadonlyMap<string, Entered>>(new Map()); // what was typed for other drivers
  const driver = driverOf(values.driver);
  const devicesFor = (field: DriverField) =>
    devices
      .filter((other) => other.box_id === values.box_id && other.id !== device?.id && driverOf(other.driver)?.role === field.device)
      .map(({ id, name }) => ({ value: id, label: name }));
  const choose = (name: string | null) => {
    const next = drivers.find((each) => each.driver === name);
    if (!next) return;
    setLeft(new Map(left).set(values.driver, values));
    const before = left.get(next.driver) ?? entered(next, values);
    patch({ ...(before.box_id === values.box_id ? before : movedTo(values.box_id, next, before)), name: values.name });
  };
  return (
    <FormDialog
      title={device ? t("sites.changeDevice") : t("sites.addDevice")}
      draft={draft}
      submitLabel={device ? t("action.save") : t("action.create")}
      onClose={onClose}
      size="lg"
    >
      <TextInput data-autofocus required label={t("field.name")} {...draft.text("name")} />
      {(boxes.length > 1 || error("box_id")) && (
        <Select
          label={t("sites.boxOne")}
          allowDeselect={false}
          disabled={device !== undefined}
          data={boxes.map(({ id, name }) => ({ value: id, label: name }))}
          value={values.box_id}
          error={error("box_id")}
          onChange={(id) => id && driver && patch(movedTo(id, driver, values))}
        />
      )}
      <Select
        label={t("sites.driver")}
        description={driver?.help}
        allowDeselect={false}
        disabled={device !== undefined}
        data={drivers.map(({ driver: value, title }) => ({ value, label: title }))}
        value={values.driver}
        error={error("driver")}
        onChange={choose}
      />
      {driver && <DriverFields driver={driver} draft={draft} secretNames={device?.secret_names ?? []} devicesFor={devicesFor} />}
    </FormDialog>
  );
}
