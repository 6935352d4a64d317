/** A device: its driver, its settings, its secrets (which are written and never shown). */

import { JsonInput, PasswordInput, Select, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { type Box, changeDevice, createDevice, type Device } from "./api";
import { type Driver, DRIVERS, EXAMPLE, isDriver, SECRETS } from "./drivers";

interface Entered {
  box_id: string;
  driver: Driver;
  name: string;
  settings: string;
  secrets: Record<string, string>;
}

interface DeviceDialogProps {
  boxes: Box[];
  device: Device | undefined;
  onClose: () => void;
}

const pretty = (settings: unknown) => JSON.stringify(settings, null, 2);

function entered(device: Device | undefined, boxes: Box[]): Entered {
  const driver = device && isDriver(device.driver) ? device.driver : "modbus_tcp";
  return {
    box_id: device?.box_id ?? boxes[0]?.id ?? "",
    driver,
    name: device?.name ?? "",
    settings: pretty(device?.settings ?? EXAMPLE[driver]),
    secrets: {},
  };
}

export function DeviceDialog({ boxes, device, onClose }: DeviceDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const send = async (values: Entered) => {
    const body = { ...values, settings: parsed(values.settings, t("sites.notJson")) };
    return device ? changeDevice(device.id, body) : createDevice(body);
  };
  const draft = useDraft(entered(device, boxes), send, {
    fields: ["box_id", "driver", "name", "settings", "secrets"],
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["devices"] });
      onClose();
    },
  });
  const { values, set, patch, error } = draft;
  return (
    <FormDialog
      title={device ? t("sites.changeDevice") : t("sites.addDevice")}
      draft={draft}
      submitLabel={device ? t("action.save") : t("action.create")}
      onClose={onClose}
      size="lg"
    >
      <TextInput
        data-autofocus
        required
        label={t("field.name")}
        {...draft.text("name")}
      />
      <Select
        label={t("sites.boxOne")}
        allowDeselect={false}
        disabled={device !== undefined}
        data={boxes.map(({ id, name }) => ({ value: id, label: name }))}
        value={values.box_id}
        error={error("box_id")}
        onChange={(id) => id && set("box_id", id)}
      />
      <Select
        label={t("sites.driver")}
        allowDeselect={false}
        disabled={device !== undefined}
        data={DRIVERS.map((driver) => ({ value: driver, label: t(`sites.drivers.${driver}`) }))}
        value={values.driver}
        error={error("driver")}
        onChange={(driver) => driver && isDriver(driver) && patch({ driver, settings: pretty(EXAMPLE[driver]), secrets: {} })}
      />
      <JsonInput
        label={t("sites.settings")}
        description={t("sites.settingsHint")}
        autosize
        minRows={4}
        maxRows={14}
        formatOnBlur
        validationError={t("sites.notJson")}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
        value={values.settings}
        error={error("settings")}
        onChange={(settings) => set("settings", settings)}
      />
      {SECRETS[values.driver].map((name) => (
        <PasswordInput
          key={name}
          label={t(`sites.secret.${name as "key"}`)}
          description={device?.secret_names.includes(name) ? t("sites.secretSet") : t("sites.secretHint")}
          autoComplete="off"
          value={values.secrets[name] ?? ""}
          error={error("secrets")}
          onChange={(event) => set("secrets", { ...values.secrets, [name]: event.currentTarget.value })}
        />
      ))}
    </FormDialog>
  );
}

/** The typed settings; a slip of the pen is an error of the field, as if the server had said it. */
function parsed(text: string, message: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Problem({ title: message, status: 422, code: "invalid", fields: [{ path: "settings", code: "json", message }] });
  }
}
