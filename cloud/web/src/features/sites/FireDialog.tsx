/** The fire alarm's contacts of a box: which opens what, and holds it open while it burns. */

import { ActionIcon, Button, Checkbox, Group, Input, MultiSelect, Paper, Select, Skeleton, Stack, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { NumberField } from "@/shared/form/NumberField";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import { useDrivers } from "@/shared/lookups/drivers";
import { ProblemNotice } from "@/shared/ui/Problem";
import { type Box, type FireInput, fireQuery, listDevices, listPoints, setFire, UNSENT } from "./api";

interface Row {
  device: string;
  input: number | null;
  normally_closed: boolean;
  points: string[];
}

interface Option {
  value: string;
  label: string;
}

export function FireDialog({ box, onClose }: { box: Box; onClose: () => void }) {
  const site = box.site_id;
  // The whole list is written back: it begins with what the server has now, not with what was seen a moment ago.
  const inputs = useQuery({ ...fireQuery(box.id), staleTime: 0 });
  const devices = useQuery({ queryKey: ["devices", "of", site], queryFn: () => listDevices(site) });
  const points = useQuery({ queryKey: ["points", "of", site], queryFn: () => listPoints(site) });
  const drivers = useDrivers();
  const failed = [inputs, devices, points, drivers].find((query) => query.isError);
  if (failed?.error) return <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!inputs.data || !inputs.isFetchedAfterMount || !devices.data || !points.data || !drivers.data) return <Skeleton height={0} />;
  const relays = new Set(drivers.data.filter(({ role, also }) => role === "relay" || also === "relay").map(({ driver }) => driver));
  return (
    <Form
      box={box}
      inputs={inputs.data}
      relays={devices.data.filter(({ box_id, driver }) => box_id === box.id && relays.has(driver)).map(({ id, name }) => ({ value: id, label: name }))}
      points={points.data.filter(({ box_id, barrier }) => box_id === box.id && barrier !== null).map(({ id, name }) => ({ value: id, label: name }))}
      onClose={onClose}
    />
  );
}

interface FormProps {
  box: Box;
  inputs: FireInput[];
  relays: Option[];
  points: Option[];
  onClose: () => void;
}

function Form({ box, inputs, relays, points, onClose }: FormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const send = ({ inputs: rows }: { inputs: Row[] }) =>
    setFire(box.id, rows.map((row) => ({ ...row, input: row.input as number }))); // the form lets no empty number through
  const draft = useDraft({ inputs: inputs.map((each): Row => ({ ...each })) }, send, {
    fields: ["inputs"],
    onDone: () => {
      for (const list of ["fire", ...UNSENT]) void client.invalidateQueries({ queryKey: [list] });
      onClose();
    },
  });
  const rows = draft.values.inputs;
  const [first] = relays;
  return (
    <FormDialog title={t("sites.fire.title", { box: box.name })} draft={draft} submitLabel={t("action.save")} onClose={onClose} size="lg">
      <Text size="sm">{t("sites.fire.hint")}</Text>
      {rows.length === 0 && <Text c="dimmed">{t("sites.fire.none")}</Text>}
      {rows.map((_, index) => (
        <InputRow key={index} draft={draft} index={index} relays={relays} points={points} />
      ))}
      {rows.length > 0 && !rows.some((_, index) => draft.error(`inputs.${index}`)) && draft.error("inputs") && <Input.Error>{draft.error("inputs")}</Input.Error>}
      <Group>
        <Button
          size="xs"
          variant="default"
          disabled={!first}
          onClick={() => first && draft.set("inputs", [...rows, { device: first.value, input: null, normally_closed: true, points: [] }])}
        >
          {t("sites.fire.add")}
        </Button>
        {!first && (
          <Text size="sm" c="dimmed">
            {t("sites.noneToChoose")}
          </Text>
        )}
      </Group>
    </FormDialog>
  );
}

interface InputRowProps<R> {
  draft: Draft<{ inputs: Row[] }, R>;
  index: number;
  relays: Option[];
  points: Option[];
}

function InputRow<R>({ draft, index, relays, points }: InputRowProps<R>) {
  const { t } = useTranslation();
  const rows = draft.values.inputs;
  const row = rows[index];
  if (!row) return null;
  const change = (part: Partial<Row>) => draft.set("inputs", rows.map((each, other) => (other === index ? { ...each, ...part } : each)));
  return (
    <Paper withBorder p="sm" component="section" aria-label={t("sites.fire.one", { number: index + 1 })}>
      <Stack gap="sm">
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <Select flex={2} label={t("sites.relay")} allowDeselect={false} data={relays} value={row.device} error={draft.error(`inputs.${index}.device`)} onChange={(device) => device && change({ device })} />
          <NumberField flex={1} required min={0} label={t("sites.fire.input")} value={row.input} error={draft.error(`inputs.${index}.input`)} onChange={(input) => change({ input })} />
          <ActionIcon mb={6} aria-label={t("action.remove")} onClick={() => draft.set("inputs", rows.filter((_, other) => other !== index))}>
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
        <Checkbox label={t("sites.normallyClosed")} description={t("sites.fire.cutWire")} checked={row.normally_closed} onChange={(event) => change({ normally_closed: event.currentTarget.checked })} />
        <MultiSelect
          clearable
          label={t("sites.fire.opens")}
          placeholder={row.points.length === 0 ? t("sites.fire.all") : ""}
          data={points}
          value={row.points}
          error={draft.error(`inputs.${index}.points`)}
          onChange={(chosen) => change({ points: chosen })}
        />
      </Stack>
    </Paper>
  );
}
