/** A new meter: its model, its line and address there, whose it is. The box polls it once its configuration is sent. */

import { Group, MultiSelect, Select, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useComplex } from "@/shared/complex/useComplex";
import { FormDialog } from "@/shared/form/FormDialog";
import { NumberField } from "@/shared/form/NumberField";
import { useDraft } from "@/shared/form/useDraft";
import { usePremisesLookup } from "@/shared/lookups";
import { profilesQuery, profileTitle } from "@/shared/lookups/profiles";
import { type Found, LookupSelect } from "@/shared/lookups/LookupSelect";
import { createMeter, listLines, type Meter, type Profile, type Resource, RESOURCES } from "./api";
import { channelText } from "./words";

interface Entered {
  name: string;
  resource: Resource;
  serial: string;
  premises: Found | null;
  line: string | null;
  profile: string | null;
  unit: number | null;
  period_s: number | null;
  channels: string[];
}

const EMPTY: Entered = { name: "", resource: "electricity", serial: "", premises: null, line: null, profile: null, unit: 1, period_s: 60, channels: [] };

/** Counters are what bills are made of: they are chosen until somebody says otherwise. */
function usualChannels(profile: Profile | undefined): string[] {
  return (profile?.channels ?? []).filter(({ kind }) => kind === "counter").map(({ name }) => name);
}

export function MeterDialog({ onClose, onMade }: { onClose: () => void; onMade: (meter: Meter) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const complex = useComplex();
  const premisesLookup = usePremisesLookup();
  const profiles = useQuery(profilesQuery);
  const lines = useQuery({ queryKey: ["devices", "lines", complex], queryFn: () => listLines(complex) });
  const send = ({ premises, line, profile, unit, period_s, ...rest }: Entered) => {
    if (unit === null || period_s === null) throw new Error("the form lets no empty number through");
    const boxId = lines.data?.find(({ id }) => id === line)?.box_id ?? "";
    return createMeter({ ...rest, unit, period_s, premises_id: premises?.id ?? null, device_id: line ?? "", box_id: boxId, profile: profile ?? "" });
  };
  const draft = useDraft(EMPTY, send, {
    fields: ["name", "resource", "serial", "premises_id", "device_id", "box_id", "profile", "unit", "period_s", "channels"],
    onDone: (meter) => {
      void client.invalidateQueries({ queryKey: ["meters"] });
      onMade(meter);
    },
  });
  const { values, set, patch, error } = draft;
  const profile = profiles.data?.find(({ id }) => id === values.profile);
  return (
    <FormDialog title={t("add.meter")} draft={draft} submitLabel={t("action.create")} onClose={onClose} size="lg">
      <TextInput data-autofocus required label={t("field.name")} placeholder={t("meters.nameExample")} {...draft.text("name")} />
      <Group grow align="flex-start">
        <Select
          allowDeselect={false}
          label={t("meters.resource")}
          data={RESOURCES.map((resource) => ({ value: resource, label: t(`meters.resources.${resource}`) }))}
          value={values.resource}
          error={error("resource")}
          onChange={(resource) => resource && set("resource", resource)}
        />
        <TextInput label={t("meters.serial")} {...draft.text("serial")} />
      </Group>
      <LookupSelect
        {...premisesLookup}
        label={t("field.address")}
        value={values.premises}
        error={error("premises_id", "premises")}
        onChange={(premises) => set("premises", premises)}
      />
      <Select
        required
        searchable
        label={t("meters.line")}
        description={lines.data?.length === 0 ? t("meters.noLines") : undefined}
        data={(lines.data ?? []).map(({ id, name, box_name }) => ({ value: id, label: `${box_name}: ${name}` }))}
        value={values.line}
        error={error("device_id", "line") ?? error("box_id", "line")}
        onChange={(line) => set("line", line)}
      />
      <Group grow align="flex-start">
        <Select
          required
          searchable
          label={t("meters.model")}
          data={(profiles.data ?? []).map((each) => ({ value: each.id, label: profileTitle(each) }))}
          value={values.profile}
          error={error("profile")}
          onChange={(id) => patch({ profile: id, channels: usualChannels(profiles.data?.find((one) => one.id === id)) })}
        />
        <NumberField
          required
          label={t("meters.unit")}
          min={0}
          max={247}
          value={values.unit}
          error={error("unit")}
          onChange={(unit) => set("unit", unit)}
        />
        <NumberField
          required
          label={t("meters.period")}
          min={0.1}
          max={86_400}
          isFractional
          value={values.period_s}
          error={error("period_s")}
          onChange={(period) => set("period_s", period)}
        />
      </Group>
      <MultiSelect
        required
        searchable
        label={t("meters.channels")}
        data={(profile?.channels ?? []).map(({ name }) => ({ value: name, label: channelText(name, name, t) }))}
        value={values.channels}
        error={error("channels")}
        onChange={(channels) => set("channels", channels)}
      />
    </FormDialog>
  );
}
