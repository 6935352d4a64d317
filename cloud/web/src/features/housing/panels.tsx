/** A complex, a building, premises as cards beside their lists: what is known, what stands within, what can be done. */

import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useDraft } from "@/shared/form/useDraft";
import { formatQuantity } from "@/shared/format/numbers";
import { useMay } from "@/shared/session/me";
import { Facts } from "@/shared/ui/Facts";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { ProblemNotice } from "@/shared/ui/Problem";
import { SidePanel } from "@/shared/ui/SidePanel";
import { createEntrance, entrancesOf, getBuilding, getComplex, getPremises } from "./api";
import { BuildingDialog, ComplexDialog, PremisesDialog } from "./dialogs";

interface PanelProps {
  id: string;
  onClose: () => void;
}

interface FrameProps<T> {
  query: UseQueryResult<T>;
  title: (data: T) => string;
  onClose: () => void;
  children: (data: T) => ReactNode;
  dialog: (data: T, close: () => void) => ReactNode;
}

function Frame<T>({ query, title, onClose, children, dialog }: FrameProps<T>) {
  const { t } = useTranslation();
  const mayManage = useMay()("housing.manage");
  const [isChanging, changing] = useDisclosure();
  const { data } = query;
  return (
    <SidePanel title={data === undefined ? "" : title(data)} onClose={onClose}>
      {query.isError && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {data !== undefined && (
        <Stack gap="md">
          {children(data)}
          {mayManage && (
            <Group>
              <Button size="xs" variant="default" onClick={changing.open}>
                {t("action.change")}
              </Button>
            </Group>
          )}
          {isChanging && dialog(data, changing.close)}
        </Stack>
      )}
    </SidePanel>
  );
}

export function ComplexPanel({ id, onClose }: PanelProps) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["complexes", "one", id], queryFn: () => getComplex(id) });
  return (
    <Frame query={query} title={({ name }) => name} onClose={onClose} dialog={(complex, close) => <ComplexDialog complex={complex} onClose={close} />}>
      {(complex) => (
        <>
          <Facts
            items={[
              [t("housing.kind"), t(`housing.complexKind.${complex.kind}`)],
              [t("field.address"), complex.address],
              [t("field.timeZone"), complex.time_zone],
            ]}
          />
          <LinkAnchor to="/desk/housing" search={{ tab: "buildings", complex: id }} size="sm">
            {t("housing.buildings")} →
          </LinkAnchor>
        </>
      )}
    </Frame>
  );
}

export function BuildingPanel({ id, onClose }: PanelProps) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["buildings", "one", id], queryFn: () => getBuilding(id) });
  return (
    <Frame query={query} title={({ name }) => name} onClose={onClose} dialog={(building, close) => <BuildingDialog building={building} onClose={close} />}>
      {(building) => (
        <>
          <Facts
            items={[
              [t("housing.kind"), t(`housing.buildingKind.${building.kind}`)],
              [t("field.address"), building.address],
              [t("housing.floors"), building.floors],
            ]}
          />
          <LinkAnchor to="/desk/housing" search={{ tab: "premises", complex: building.complex_id, building: id }} size="sm">
            {t("housing.premises")} →
          </LinkAnchor>
          <Entrances buildingId={id} />
        </>
      )}
    </Frame>
  );
}

function Entrances({ buildingId }: { buildingId: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayManage = useMay()("housing.manage");
  const entrances = useQuery({ queryKey: ["entrances", buildingId], queryFn: () => entrancesOf(buildingId) });
  const draft = useDraft({ name: "" }, ({ name }) => createEntrance({ building_id: buildingId, name }), {
    fields: ["name"],
    onDone: () => {
      draft.patch({ name: "" });
      void client.invalidateQueries({ queryKey: ["entrances", buildingId] });
    },
  });
  return (
    <Stack gap="xs" component="section">
      <Title order={2} fz="sm">
        {t("housing.entrances")}
      </Title>
      {entrances.error && <ProblemNotice error={entrances.error} />}
      <Text size="sm" c={entrances.data?.length ? "inherit" : "dimmed"}>
        {entrances.data?.map(({ name }) => name).join(", ") || t("housing.noEntrances")}
      </Text>
      {mayManage && (
        <form onSubmit={draft.submit}>
          {draft.failure && <ProblemNotice error={draft.failure} />}
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <TextInput flex={1} aria-label={t("housing.newEntrance")} placeholder={t("housing.newEntrance")} {...draft.text("name")} />
            <Button type="submit" variant="default" loading={draft.isBusy} disabled={!draft.values.name.trim()}>
              {t("action.add")}
            </Button>
          </Group>
        </form>
      )}
    </Stack>
  );
}

export function PremisesPanel({ id, onClose }: PanelProps) {
  const { t, i18n } = useTranslation();
  const query = useQuery({ queryKey: ["premises", "one", id], queryFn: () => getPremises(id) });
  const building = useQuery({
    queryKey: ["buildings", "one", query.data?.building_id],
    queryFn: () => getBuilding(query.data?.building_id ?? ""),
    enabled: query.data !== undefined,
  });
  const entrances = useQuery({
    queryKey: ["entrances", query.data?.building_id],
    queryFn: () => entrancesOf(query.data?.building_id ?? ""),
    enabled: query.data !== undefined && query.data.entrance_id !== null,
  });
  return (
    <Frame
      query={query}
      title={({ address }) => address}
      onClose={onClose}
      dialog={(premises, close) => (
        <PremisesDialog premises={premises} building={{ id: premises.building_id, label: building.data?.name ?? premises.address }} onClose={close} />
      )}
    >
      {(premises) => (
        <Facts
          items={[
            [t("housing.kind"), t(`housing.premisesKind.${premises.kind}`)],
            [t("housing.number"), premises.number],
            [t("housing.building"), building.data?.name],
            [t("housing.entrance"), entrances.data?.find((entrance) => entrance.id === premises.entrance_id)?.name],
            [t("housing.floor"), premises.floor],
            [t("housing.area"), premises.area_m2 && formatQuantity(Number(premises.area_m2), t("unit.squareMetre"), i18n.language, 2)],
          ]}
        />
      )}
    </Frame>
  );
}
