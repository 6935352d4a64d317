/** New complexes, buildings, premises; or what is known of one, to be changed. */

import { Group, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { NumberField } from "@/shared/form/NumberField";
import { TIME_ZONES } from "@/shared/form/timeZones";
import { useDraft } from "@/shared/form/useDraft";
import { decimalText } from "@/shared/format/numbers";
import { useBuildingsLookup } from "@/shared/lookups";
import { type Found, LookupSelect } from "@/shared/lookups/LookupSelect";
import { useUsualZone } from "@/shared/lookups/sites";
import {
  allComplexes,
  type BuildingCard,
  type BuildingDraft,
  type ComplexCard,
  type ComplexDraft,
  entrancesOf,
  type PremisesCard,
  type PremisesKind,
  saveBuilding,
  saveComplex,
  savePremises,
} from "./api";
import { PREMISES_KINDS } from "./search";

const BUILDING_KINDS: readonly BuildingDraft["kind"][] = ["house", "tower", "plot", "service"];

function useSaved(kinds: readonly string[], onClose: () => void): () => void {
  const client = useQueryClient();
  return () => {
    for (const kind of kinds) void client.invalidateQueries({ queryKey: [kind] });
    onClose();
  };
}

export function ComplexDialog({ complex, onClose }: { complex?: ComplexCard; onClose: () => void }) {
  const { t } = useTranslation();
  const usual = useUsualZone();
  const initial: ComplexDraft = {
    name: complex?.name ?? "",
    kind: complex?.kind ?? "settlement",
    address: complex?.address ?? "",
    time_zone: complex?.time_zone ?? usual,
  };
  const draft = useDraft(initial, (values) => saveComplex(complex?.id, values), {
    fields: ["name", "address", "time_zone"],
    onDone: useSaved(["complexes", "buildings", "premises"], onClose),
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={complex?.name ?? t("housing.add.complexes")} draft={draft} submitLabel={t(complex ? "action.save" : "action.create")} onClose={onClose}>
      <SegmentedControl
        aria-label={t("housing.kind")}
        data={(["settlement", "apartments"] as const).map((kind) => ({ value: kind, label: t(`housing.complexKind.${kind}`) }))}
        value={values.kind}
        onChange={(kind) => set("kind", kind)}
      />
      <TextInput data-autofocus required label={t("field.name")} placeholder={t("form.example.complex")} {...draft.text("name")} />
      <TextInput label={t("field.address")} {...draft.text("address")} />
      <Select
        searchable
        allowDeselect={false}
        label={t("field.timeZone")}
        data={TIME_ZONES}
        value={values.time_zone}
        error={error("time_zone")}
        onChange={(zone) => zone && set("time_zone", zone)}
      />
    </FormDialog>
  );
}

interface BuildingDialogProps {
  building?: BuildingCard;
  /** A new one's complex. */
  complexId?: string | undefined;
  onClose: () => void;
}

export function BuildingDialog({ building, complexId, onClose }: BuildingDialogProps) {
  const { t } = useTranslation();
  const complexes = useQuery({ queryKey: ["complexes", "all"], queryFn: allComplexes });
  const first = complexes.data?.[0]?.id ?? "";
  const initial: BuildingDraft = {
    complex_id: building?.complex_id ?? complexId ?? "",
    name: building?.name ?? "",
    kind: building?.kind ?? "house",
    address: building?.address ?? "",
    floors: building?.floors ?? null,
  };
  const send = (values: BuildingDraft) => saveBuilding(building?.id, { ...values, complex_id: values.complex_id || first });
  const draft = useDraft(initial, send, {
    fields: ["complex_id", "name", "address", "floors"],
    onDone: useSaved(["buildings", "complexes", "premises"], onClose),
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={building?.name ?? t("housing.add.buildings")} draft={draft} submitLabel={t(building ? "action.save" : "action.create")} onClose={onClose}>
      <Select
        required
        allowDeselect={false}
        label={t("shell.complex")}
        data={(complexes.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={values.complex_id || first || null}
        error={error("complex_id")}
        onChange={(id) => id && set("complex_id", id)}
      />
      <Select
        allowDeselect={false}
        label={t("housing.kind")}
        data={BUILDING_KINDS.map((kind) => ({ value: kind, label: t(`housing.buildingKind.${kind}`) }))}
        value={values.kind}
        onChange={(kind) => kind && set("kind", kind)}
      />
      <TextInput data-autofocus required label={t("field.name")} placeholder={t("form.example.building")} {...draft.text("name")} />
      <TextInput
        label={t("field.address")}
        description={building && t("housing.addressHint")}
        placeholder={t("form.example.address")}
        {...draft.text("address")}
      />
      <NumberField
        label={t("housing.floors")}
        min={1}
        max={200}
        value={values.floors ?? null}
        error={error("floors")}
        onChange={(floors) => set("floors", floors)}
      />
    </FormDialog>
  );
}

interface PremisesEntered {
  building: Found | null;
  entrance_id: string | null;
  kind: PremisesKind;
  number: string;
  floor: number | null;
  area: string;
}

interface PremisesDialogProps {
  premises?: PremisesCard;
  /** The building that it stands in, or that a new one is put into. */
  building: Found | null;
  onClose: () => void;
}

export function PremisesDialog({ premises, building, onClose }: PremisesDialogProps) {
  const { t, i18n } = useTranslation();
  const buildingsLookup = useBuildingsLookup();
  const initial: PremisesEntered = {
    building,
    entrance_id: premises?.entrance_id ?? null,
    kind: premises?.kind ?? "flat",
    number: premises?.number ?? "",
    floor: premises?.floor ?? null,
    area: decimalText(premises?.area_m2 ?? "", i18n.language),
  };
  const send = ({ building: chosen, area, ...rest }: PremisesEntered) =>
    savePremises(premises?.id, { ...rest, building_id: chosen?.id ?? "", area_m2: area.trim().replace(",", ".") || null });
  const draft = useDraft(initial, send, {
    fields: ["building_id", "entrance_id", "number", "floor", "area_m2"],
    onDone: useSaved(["premises", "buildings", "complexes"], onClose),
  });
  const { values, set, patch, error } = draft;
  return (
    <FormDialog title={premises?.address ?? t("housing.add.premises")} draft={draft} submitLabel={t(premises ? "action.save" : "action.create")} onClose={onClose}>
      <LookupSelect
        {...buildingsLookup}
        required
        label={t("housing.building")}
        value={values.building}
        error={error("building_id", "building")}
        onChange={(chosen) => patch({ building: chosen, entrance_id: null })}
      />
      <EntranceField buildingId={values.building?.id} value={values.entrance_id} error={error("entrance_id")} onChange={(id) => set("entrance_id", id)} />
      <Select
        allowDeselect={false}
        label={t("housing.kind")}
        data={PREMISES_KINDS.map((kind) => ({ value: kind, label: t(`housing.premisesKind.${kind}`) }))}
        value={values.kind}
        onChange={(kind) => kind && set("kind", kind)}
      />
      <Group grow align="flex-start">
        <TextInput required label={t("housing.number")} {...draft.text("number")} />
        <NumberField
          label={t("housing.floor")}
          value={values.floor}
          error={error("floor")}
          onChange={(floor) => set("floor", floor)}
        />
        <TextInput label={t("housing.areaField")} inputMode="decimal" placeholder={decimalText("54.3", i18n.language)} {...draft.text("area", "area_m2")} />
      </Group>
    </FormDialog>
  );
}

interface EntranceFieldProps {
  buildingId: string | undefined;
  value: string | null;
  error: string | undefined;
  onChange: (id: string | null) => void;
}

/** Nothing to choose where a building has no entrances of its own. */
function EntranceField({ buildingId, value, error, onChange }: EntranceFieldProps) {
  const { t } = useTranslation();
  const entrances = useQuery({
    queryKey: ["entrances", buildingId],
    queryFn: () => entrancesOf(buildingId ?? ""),
    enabled: buildingId !== undefined,
  });
  if (!entrances.data || entrances.data.length === 0) return null;
  return (
    <Select
      clearable
      label={t("housing.entrance")}
      data={entrances.data.map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      error={error}
      onChange={onChange}
    />
  );
}
