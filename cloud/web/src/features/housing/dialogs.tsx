/** New complexes, buildings, premises. */

import { Group, NumberInput, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { TIME_ZONES } from "@/shared/form/timeZones";
import { useDraft } from "@/shared/form/useDraft";
import { findBuildings } from "@/shared/lookups";
import { type Found, LookupSelect } from "@/shared/lookups/LookupSelect";
import {
  allComplexes,
  type BuildingDraft,
  type ComplexDraft,
  createBuilding,
  createComplex,
  createPremises,
  type PremisesKind,
} from "./api";

const BUILDING_KINDS: readonly BuildingDraft["kind"][] = ["house", "tower", "plot", "service"];
const PREMISES_KINDS: readonly PremisesKind[] = ["flat", "house", "plot", "office", "storage", "parking"];

function useMade(kinds: readonly string[], onClose: () => void): () => void {
  const client = useQueryClient();
  return () => {
    for (const kind of kinds) void client.invalidateQueries({ queryKey: [kind] });
    onClose();
  };
}

export function ComplexDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const initial: ComplexDraft = { name: "", kind: "settlement", address: "", time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  const draft = useDraft(initial, createComplex, {
    fields: ["name", "kind", "address", "time_zone"],
    onDone: useMade(["complexes"], onClose),
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={t("housing.add.complexes")} draft={draft} submitLabel={t("action.create")} onClose={onClose}>
      <SegmentedControl
        aria-label={t("housing.kind")}
        data={(["settlement", "apartments"] as const).map((kind) => ({ value: kind, label: t(`housing.complexKind.${kind}`) }))}
        value={values.kind}
        onChange={(kind) => set("kind", kind)}
      />
      <TextInput
        data-autofocus
        required
        label={t("field.name")}
        placeholder="к/п Афины"
        {...draft.text("name")}
      />
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

export function BuildingDialog({ complexId, onClose }: { complexId: string | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const complexes = useQuery({ queryKey: ["complexes", "all"], queryFn: allComplexes });
  const initial: BuildingDraft = { complex_id: complexId ?? "", name: "", kind: "house", address: "", floors: null };
  const send = (values: BuildingDraft) => createBuilding({ ...values, complex_id: values.complex_id || (complexes.data?.[0]?.id ?? "") });
  const draft = useDraft(initial, send, {
    fields: ["complex_id", "name", "kind", "address", "floors"],
    onDone: useMade(["buildings", "complexes"], onClose),
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={t("housing.add.buildings")} draft={draft} submitLabel={t("action.create")} onClose={onClose}>
      <Select
        required
        allowDeselect={false}
        label={t("shell.complex")}
        data={(complexes.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={values.complex_id || (complexes.data?.[0]?.id ?? null)}
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
      <TextInput data-autofocus required label={t("field.name")} placeholder="А2" {...draft.text("name")} />
      <TextInput
        label={t("field.address")}
        placeholder="к/п Афины, ул. Кифису, д. А2"
        {...draft.text("address")}
      />
      <NumberInput
        label={t("housing.floors")}
        min={1}
        max={200}
        value={values.floors ?? ""}
        error={error("floors")}
        onChange={(floors) => set("floors", typeof floors === "number" ? floors : null)}
      />
    </FormDialog>
  );
}

interface PremisesEntered {
  building: Found | null;
  kind: PremisesKind;
  number: string;
  floor: number | null;
  area: string;
}

export function PremisesDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const initial: PremisesEntered = { building: null, kind: "flat", number: "", floor: null, area: "" };
  const send = ({ building, area, ...rest }: PremisesEntered) =>
    createPremises({ ...rest, building_id: building?.id ?? "", area_m2: area.trim().replace(",", ".") || null });
  const draft = useDraft(initial, send, {
    fields: ["building_id", "kind", "number", "floor", "area_m2"],
    onDone: useMade(["premises", "buildings", "complexes"], onClose),
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={t("housing.add.premises")} draft={draft} submitLabel={t("action.create")} onClose={onClose}>
      <LookupSelect
        queryKey={["buildings"]}
        find={findBuildings}
        required
        label={t("housing.building")}
        value={values.building}
        error={error("building_id")}
        onChange={(building) => set("building", building)}
      />
      <Select
        allowDeselect={false}
        label={t("housing.kind")}
        data={PREMISES_KINDS.map((kind) => ({ value: kind, label: t(`housing.premisesKind.${kind}`) }))}
        value={values.kind}
        onChange={(kind) => kind && set("kind", kind)}
      />
      <Group grow align="flex-start">
        <TextInput required label={t("housing.number")} {...draft.text("number")} />
        <NumberInput
          label={t("housing.floor")}
          value={values.floor ?? ""}
          error={error("floor")}
          onChange={(floor) => set("floor", typeof floor === "number" ? floor : null)}
        />
        <TextInput
          label={t("housing.areaField")}
          inputMode="decimal"
          placeholder="54,3"
          {...draft.text("area", "area_m2")}
        />
      </Group>
    </FormDialog>
  );
}
