/** Whose door a point is, and whether those who live there may open it from their app. */

import { Select, SimpleGrid, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { buildingsOf, entrancesOf } from "./api";

export interface Door {
  building_id: string | null;
  entrance_id: string | null;
  residents: boolean;
}

interface DoorFieldsProps {
  /** Of the point's site; null: nobody has said. */
  complexId: string | null;
  value: Door;
  error: (field: keyof Door) => string | undefined;
  onChange: (change: Partial<Door>) => void;
}

export function DoorFields({ complexId, value, error, onChange }: DoorFieldsProps) {
  const { t } = useTranslation();
  const buildings = useQuery({ queryKey: ["buildings", "of", complexId], queryFn: () => buildingsOf(complexId) });
  const entrances = useQuery({
    queryKey: ["entrances", value.building_id],
    queryFn: () => entrancesOf(value.building_id ?? ""),
    enabled: value.building_id !== null,
  });
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          clearable
          searchable
          label={t("sites.building")}
          description={t("sites.buildingHint")}
          placeholder={t("sites.wholeComplex")}
          data={(buildings.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={value.building_id}
          error={error("building_id")}
          onChange={(building_id) => onChange({ building_id, entrance_id: null })}
        />
        <Select
          clearable
          label={t("sites.entrance")}
          description={t("sites.entranceHint")}
          placeholder={t("sites.wholeBuilding")}
          disabled={!value.building_id}
          data={(entrances.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={value.entrance_id}
          error={error("entrance_id")}
          onChange={(entrance_id) => onChange({ entrance_id })}
        />
      </SimpleGrid>
      <Switch
        label={t("sites.residents")}
        description={t("sites.residentsHint")}
        checked={value.residents}
        onChange={(event) => onChange({ residents: event.currentTarget.checked })}
      />
    </>
  );
}
