/** What opens a point: the module first, then its kind, then only what that kind is asked for. */

import { ActionIcon, Button, Checkbox, Fieldset, Group, Input, Radio, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { NumberField } from "@/shared/form/NumberField";
import type { Draft } from "@/shared/form/useDraft";
import { ASKED, type BarrierEntered, type ContactName, KINDS, type LightEntered, type Typed } from "./barrierDraft";

interface Option {
  value: string;
  label: string;
}

interface BarrierFieldsProps<T extends BarrierEntered, R> {
  draft: Draft<T, R>;
  relays: Option[];
  /** The box's other points that have a barrier. */
  gates: Option[];
}

/** Only the barrier's part of the draft. */
type Part<R> = Draft<BarrierEntered, R>;

export function BarrierFields<T extends BarrierEntered, R>({ draft: whole, relays, gates }: BarrierFieldsProps<T, R>) {
  const { t } = useTranslation();
  const draft = whole as unknown as Part<R>;
  const { values, set, error } = draft;
  return (
    <Fieldset legend={t("sites.barrier")} p="sm">
      <Stack gap="sm">
        <Select
          clearable
          label={t("sites.relay")}
          description={t("sites.barrierHint")}
          placeholder={t("sites.opensNothing")}
          data={relays}
          value={values["barrier.device"]}
          error={error("barrier.device")}
          onChange={(relay) => set("barrier.device", relay)}
        />
        {values["barrier.device"] && <Driven draft={draft} gates={gates} />}
      </Stack>
    </Fieldset>
  );
}

function Driven<R>({ draft, gates }: { draft: Part<R>; gates: Option[] }) {
  const { t } = useTranslation();
  const { values, set, error } = draft;
  const asked = ASKED[values["barrier.kind"]];
  return (
    <>
      <Radio.Group label={t("sites.kind")} value={values["barrier.kind"]} error={error("barrier.kind")} onChange={(kind) => set("barrier.kind", kind)}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} mt={6} verticalSpacing={8}>
          {KINDS.map((kind) => (
            <Radio key={kind} value={kind} label={t(`sites.kinds.${kind}.name`)} description={t(`sites.kinds.${kind}.hint`)} />
          ))}
        </SimpleGrid>
      </Radio.Group>
      <SimpleGrid cols={{ base: 1, xs: 2, sm: asked.outputs.length > 0 ? 4 : 2 }} verticalSpacing="sm">
        <OneNumber draft={draft} name="barrier.output" label={t(asked.outputs.length > 0 ? "sites.openOutput" : "sites.output")} hint={t("sites.outputHint")} />
        {asked.outputs.map((output) => (
          <OneNumber key={output} draft={draft} name={`barrier.${output}`} label={t(`sites.${output}`)} hint={t(output === "stop_output" ? "sites.ifWired" : "sites.outputHint")} />
        ))}
        {asked.hasPulse && <OneNumber draft={draft} name="barrier.pulse_ms" label={t("sites.pulse")} hint={t("sites.pulseHint")} />}
      </SimpleGrid>
      <Contacts draft={draft} names={asked.contacts} />
      <Stack gap={6}>
        <Text size="sm" fw={500}>
          {t("sites.times")}
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 3 }} verticalSpacing="sm">
          {asked.times.map((time) => (
            <OneNumber key={time} draft={draft} name={`barrier.${time}`} label={t(`sites.${time}`)} hint={t(`sites.hint_${time}`)} isFractional />
          ))}
        </SimpleGrid>
      </Stack>
      <Lights draft={draft} />
      {(gates.length > 0 || values["barrier.interlock"]) && (
        <Select
          clearable
          label={t("sites.interlock")}
          description={t("sites.interlockHint")}
          data={gates}
          value={values["barrier.interlock"]}
          error={error("barrier.interlock")}
          onChange={(gate) => set("barrier.interlock", gate)}
        />
      )}
    </>
  );
}

type NumberName = { [K in keyof BarrierEntered]: BarrierEntered[K] extends Typed ? (K extends "barrier.kind" ? never : K) : never }[keyof BarrierEntered];

interface OneNumberProps<R> {
  draft: Part<R>;
  name: NumberName;
  label: string;
  hint: string;
  isFractional?: boolean;
}

function OneNumber<R>({ draft, name, label, hint, isFractional = false }: OneNumberProps<R>) {
  return (
    <NumberField
      label={label}
      description={hint}
      min={0}
      isFractional={isFractional}
      value={draft.values[name]}
      error={draft.error(name)}
      onChange={(number) => draft.set(name, number)}
    />
  );
}

/** Inputs of the module: a row each, the way it is wired beside its number. */
function Contacts<R>({ draft, names }: { draft: Part<R>; names: readonly ContactName[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6}>
      <div>
        <Text size="sm" fw={500}>
          {t("sites.contacts")}
        </Text>
        <Text size="xs" c="dimmed">
          {t("sites.contactsHint")}
        </Text>
      </div>
      {names.map((name) => (
        <ContactField key={name} draft={draft} name={name} />
      ))}
    </Stack>
  );
}

function ContactField<R>({ draft, name }: { draft: Part<R>; name: ContactName }) {
  const { t } = useTranslation();
  const path = `barrier.${name}` as const;
  const contact = draft.values[path];
  const change = (part: Partial<typeof contact>) => draft.set(path, { ...contact, ...part });
  const title = t(`sites.contact.${name}.name`);
  return (
    <Group gap="sm" align="flex-start" wrap="nowrap">
      <NumberField
        flex={1}
        miw={0}
        label={title}
        description={t(`sites.contact.${name}.hint`)}
        placeholder={t("sites.notWired")}
        min={0}
        value={contact.input}
        error={draft.error(path)}
        onChange={(input) => change({ input })}
      />
      <Checkbox
        w={170}
        mt={46}
        label={t("sites.normallyClosed")}
        aria-label={t("sites.normallyClosedOf", { contact: title })}
        disabled={contact.input === null}
        checked={contact.normally_closed}
        onChange={(event) => change({ normally_closed: event.currentTarget.checked })}
      />
    </Group>
  );
}

const MOST_LIGHTS = 2;

function Lights<R>({ draft }: { draft: Part<R> }) {
  const { t } = useTranslation();
  const lights = draft.values["barrier.lights"];
  const put = (next: LightEntered[]) => draft.set("barrier.lights", next);
  const change = (index: number, part: Partial<LightEntered>) => put(lights.map((light, other) => (other === index ? { ...light, ...part } : light)));
  const free = (["in", "out"] as const).find((direction) => lights.every((light) => light.direction !== direction));
  const refusal = lights.some((_, index) => draft.error(`barrier.lights.${index}`)) ? undefined : draft.error("barrier.lights");
  return (
    <Stack gap={6}>
      {lights.map((light, index) => (
        <Group key={index} gap="xs" wrap="nowrap" align="flex-end">
          <Select
            flex={1}
            label={t("sites.lightFor")}
            allowDeselect={false}
            data={(["in", "out"] as const).map((direction) => ({ value: direction, label: t(`gate.direction.${direction}`) }))}
            value={light.direction}
            error={draft.error(`barrier.lights.${index}.direction`)}
            onChange={(direction) => direction && change(index, { direction })}
          />
          {(["green", "red"] as const).map((colour) => (
            <NumberField
              key={colour}
              flex={1}
              label={t(`sites.light_${colour}`)}
              min={0}
              value={light[colour]}
              error={draft.error(`barrier.lights.${index}.${colour}`)}
              onChange={(output) => change(index, { [colour]: output })}
            />
          ))}
          <ActionIcon mb={6} aria-label={t("action.remove")} onClick={() => put(lights.filter((_, other) => other !== index))}>
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      {refusal && <Input.Error>{refusal}</Input.Error>}
      <Group>
        <Button size="xs" variant="default" disabled={lights.length >= MOST_LIGHTS} onClick={() => put([...lights, { direction: free ?? "in", green: null, red: null }])}>
          {t("sites.addLight")}
        </Button>
      </Group>
    </Stack>
  );
}
