/** Zones with how many are inside each, of how many; a click shows those of one zone alone. */

import { Button, Group, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { chosenComplex } from "@/shared/complex/complex";
import { formatNumber } from "@/shared/format/numbers";
import { listOccupancy, type Occupancy } from "./api";
import type { InsideSearch } from "./search";

interface ZoneChipsProps {
  zones: readonly Occupancy[];
  search: InsideSearch;
  onChoose: (zone: string | undefined) => void;
}

export function useOccupancy(search: InsideSearch) {
  return useQuery({ queryKey: ["inside", "occupancy", chosenComplex(search), search.site], queryFn: () => listOccupancy(search), placeholderData: keepPreviousData });
}

export function ZoneChips({ zones, search, onChoose }: ZoneChipsProps) {
  const { t } = useTranslation();
  const isOfSeveral = new Set(zones.map(({ site_id }) => site_id)).size > 1;
  if (zones.length === 0) return null;
  return (
    <Group gap="xs" role="group" aria-label={t("inside.zones")}>
      {zones.map((zone) => (
        <Chip key={zone.id} zone={zone} isNamedBySite={isOfSeveral} isChosen={search.zone === zone.id} onClick={() => onChoose(search.zone === zone.id ? undefined : zone.id)} />
      ))}
    </Group>
  );
}

function Chip({ zone, isNamedBySite, isChosen, onClick }: { zone: Occupancy; isNamedBySite: boolean; isChosen: boolean; onClick: () => void }) {
  const { t, i18n } = useTranslation();
  const number = (value: number) => formatNumber(value, i18n.language);
  const isFull = zone.capacity !== null && zone.inside >= zone.capacity;
  const count = zone.capacity === null ? number(zone.inside) : t("inside.of", { inside: number(zone.inside), capacity: number(zone.capacity) });
  return (
    <Button size="sm" h="auto" variant={isChosen ? "filled" : "default"} aria-pressed={isChosen} onClick={onClick}>
      <Group gap="0 8px" justify="center" my={6}>
        <Text span inherit style={{ whiteSpace: "normal", textAlign: "start" }}>
          {isNamedBySite ? `${zone.name}, ${zone.site}` : zone.name}
        </Text>
        <Text span inherit fw={700} style={{ fontVariantNumeric: "tabular-nums" }}>
          {count}
        </Text>
        {isFull && (
          <Text span inherit fw={600} {...(isChosen ? {} : { c: "var(--domovoy-attention)" })}>
            {t("inside.full")}
          </Text>
        )}
      </Group>
    </Button>
  );
}
