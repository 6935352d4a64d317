/** A zone: within which it lies, whether one may enter it twice, how many it holds. */

import { Checkbox, Radio, Select, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { showSaved } from "@/shared/api/saved";
import { FormDialog } from "@/shared/form/FormDialog";
import { NumberField } from "@/shared/form/NumberField";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import { minuteOf } from "@/shared/format/minutes";
import { saveZone, type Site, UNSENT, type Zone } from "./api";
import { ANTI_PASSBACK, type Entered, entered, zoneDraft } from "./zoneDraft";
import { inTree, mayHold, pathOf } from "./zoneTree";

interface ZoneDialogProps {
  site: Site;
  zones: Zone[];
  zone: Zone | undefined;
  onClose: () => void;
}

const PLACED = ["name", "parent_id", "anti_passback", "capacity", "vehicles_only"];

export function ZoneDialog({ site, zones, zone, onClose }: ZoneDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const send = async (values: Entered) => {
    const amnesty = minuteOf(values.amnesty_minute);
    if (amnesty !== undefined) return saveZone(site.id, zone?.id, zoneDraft(values, amnesty));
    const message = t("barrier.noTime");
    throw new Problem({ title: message, status: 422, code: "no_time", fields: [{ path: "amnesty_minute", code: "no_time", message }] });
  };
  const draft = useDraft(entered(zone), send, {
    fields: ({ anti_passback }) => [...PLACED, ...(anti_passback === "off" ? [] : ["amnesty_minute"])],
    onDone: (saved) => {
      showSaved(client, ["zones", "of"], saved, "id");
      for (const list of ["zones", "inside", ...UNSENT]) void client.invalidateQueries({ queryKey: [list] });
      onClose();
    },
  });
  const { values, set, error } = draft;
  const around = inTree(mayHold(zones, zone?.id)).map((each) => ({ value: each.zone.id, label: pathOf(zones, each.zone.id) }));
  return (
    <FormDialog
      title={zone ? t("sites.zone.changeTitle", { number: zone.number }) : t("sites.addZone")}
      draft={draft}
      submitLabel={zone ? t("action.save") : t("action.create")}
      onClose={onClose}
    >
      <TextInput data-autofocus required label={t("field.name")} placeholder={t("sites.zone.example")} {...draft.text("name")} />
      <Select
        clearable
        label={t("sites.zone.parent")}
        description={t("sites.zone.parentHint")}
        placeholder={t("sites.zone.outside")}
        data={around}
        value={values.parent_id}
        error={error("parent_id")}
        onChange={(parent) => set("parent_id", parent)}
      />
      <AntiPassback draft={draft} />
      {values.anti_passback !== "off" && (
        <TextInput
          w={{ base: "100%", sm: 220 }}
          inputMode="numeric"
          label={t("sites.zone.amnesty")}
          description={t("sites.zone.amnestyHint", { zone: site.time_zone })}
          placeholder={t("sites.zone.amnestyNever")}
          {...draft.text("amnesty_minute")}
        />
      )}
      <NumberField
        w={{ base: "100%", sm: 220 }}
        label={t("sites.zone.capacity")}
        description={t("sites.zone.capacityHint")}
        min={1}
        value={values.capacity}
        error={error("capacity")}
        onChange={(capacity) => set("capacity", capacity)}
      />
      <Checkbox
        label={t("sites.zone.vehiclesOnly")}
        description={t("sites.zone.vehiclesOnlyHint")}
        checked={values.vehicles_only}
        error={error("vehicles_only")}
        onChange={(event) => set("vehicles_only", event.currentTarget.checked)}
      />
    </FormDialog>
  );
}

function AntiPassback<R>({ draft }: { draft: Draft<Entered, R> }) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={t("sites.zone.antiPassback")}
      description={t("sites.zone.antiPassbackHint")}
      value={draft.values.anti_passback}
      error={draft.error("anti_passback")}
      onChange={(choice) => draft.set("anti_passback", choice)}
    >
      <Stack gap={8} mt={8}>
        {ANTI_PASSBACK.map((choice) => (
          <Radio key={choice} value={choice} label={t(`sites.zone.${choice}`)} description={t(`sites.zone.${choice}Hint`)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
