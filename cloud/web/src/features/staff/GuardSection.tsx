/** By what a guard signs in at the gate: PIN and cards. Each act counts at once; the boxes know it a moment later. */

import { ActionIcon, Alert, Badge, Button, Divider, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconEye, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { formatDateTime } from "@/shared/format/dates";
import { ProblemNotice, useProblemText } from "@/shared/ui/Problem";
import { addGuardCard, changeGuard, getGuard, type Guard, type GuardCard, guardOf, removeGuardCard, setGuardPin } from "./api";

export function GuardSection({ id }: { id: string }) {
  const { t } = useTranslation();
  const guard = useQuery(guardOf(id));
  if (guard.error) return <ProblemNotice error={guard.error} onRetry={() => void guard.refetch()} />;
  return (
    <Stack gap="xs" component="section" aria-label={t("staff.guard.title")}>
      <Divider label={t("staff.guard.title")} labelPosition="left" />
      {guard.data && <Ways guard={guard.data} />}
    </Stack>
  );
}

/** Runs an act and looks at the guard again. */
function useAct<V, R>(id: string, act: (value: V) => Promise<R>, onDone?: (result: R) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (result: R) => {
      onDone?.(result);
      return client.invalidateQueries({ queryKey: guardOf(id).queryKey });
    },
  });
}

function Ways({ guard }: { guard: Guard }) {
  const { t } = useTranslation();
  const enabling = useAct(guard.id, async (enabled: boolean) => {
    const now = await getGuard(guard.id); // the sites are written back: those of now, not those seen a moment ago
    return changeGuard(guard.id, { enabled, site_ids: now.site_ids });
  });
  const removing = useAct(guard.id, (card: GuardCard) => removeGuardCard(guard.id, card.id));
  return (
    <>
      <Switch
        label={t("staff.guard.enabled")}
        description={t("staff.guard.enabledHint")}
        checked={enabling.isPending ? enabling.variables : guard.enabled}
        onChange={(event) => enabling.mutate(event.currentTarget.checked)}
      />
      <Pin guard={guard} />
      {guard.cards.map((card) => (
        <Group key={card.id} justify="space-between" wrap="nowrap">
          <CardName format={card.format} text={card.printed} keyText={card.keys[0] ?? ""} />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`${t("staff.guard.removeCard")}: ${card.printed}`}
            loading={removing.isPending && removing.variables.id === card.id}
            onClick={() => removing.mutate(card)}
          >
            <IconTrash size={18} />
          </ActionIcon>
        </Group>
      ))}
      <NewCard guard={guard} />
      {[enabling, removing].map(({ error }, index) => error && <ProblemNotice key={index} error={error} />)}
    </>
  );
}

/** Enter sends this field, not the form around it. */
function onEnter(act: () => void) {
  return (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    act();
  };
}

function FieldWithButton({ field, button }: { field: ReactNode; button: ReactNode }) {
  return (
    <Group align="flex-end" wrap="nowrap" gap="xs">
      {field}
      {button}
    </Group>
  );
}

function Pin({ guard }: { guard: Guard }) {
  const { t } = useTranslation();
  const say = useProblemText();
  const [typed, setTyped] = useState("");
  const setting = useAct(guard.id, (pin: string) => setGuardPin(guard.id, pin || null), () => setTyped(""));
  const wrong = setting.error instanceof Problem ? (setting.error.fields[0]?.message ?? say(setting.error)) : setting.error && say(setting.error);
  const state = guard.pin_set_at ? t("staff.guard.pinSince", { at: formatDateTime(new Date(guard.pin_set_at)) }) : t("staff.guard.noPin");
  return (
    <>
      <FieldWithButton
        field={
          <TextInput
            flex={1}
            label={t("staff.guard.pin")}
            description={`${state} ${t("staff.guard.pinHint")}`}
            inputMode="numeric"
            autoComplete="off"
            maxLength={8}
            value={typed}
            error={typed === (setting.variables ?? typed) && wrong}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={onEnter(() => typed && setting.mutate(typed))}
          />
        }
        button={
          <Button variant="default" miw="fit-content" loading={setting.isPending} onClick={() => setting.mutate(typed)}>
            {typed ? t("staff.guard.setPin") : t("staff.guard.makePin")}
          </Button>
        }
      />
      {setting.data && (
        <Alert color="yellow" icon={<IconEye />}>
          <Text size="sm">{t("staff.guard.pinOnce")}</Text>
          <Text fz={26} fw={700} ff="monospace" data-testid="guard-pin" style={{ letterSpacing: 1.5 }}>
            {setting.data.pin}
          </Text>
        </Alert>
      )}
    </>
  );
}

interface Reading {
  key: string;
  format: string;
}

function NewCard({ guard }: { guard: Guard }) {
  const { t } = useTranslation();
  const say = useProblemText();
  const [typed, setTyped] = useState("");
  const adding = useAct(guard.id, (card: { text: string; key: string | null }) => addGuardCard(guard.id, card), () => setTyped(""));
  const field = adding.error instanceof Problem ? adding.error.fields[0] : undefined;
  const readings = (field?.data?.["readings"] ?? []) as Reading[];
  const isSame = adding.variables?.text === typed;
  return (
    <>
      <FieldWithButton
        field={
          <TextInput
            flex={1}
            label={t("staff.guard.card")}
            placeholder="018,23011"
            autoComplete="off"
            value={typed}
            error={isSame && adding.error && (field?.message ?? say(adding.error))}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={onEnter(() => typed.trim() && adding.mutate({ text: typed, key: null }))}
          />
        }
        button={
          <Button
            variant="default"
            miw="fit-content"
            disabled={!typed.trim()}
            loading={adding.isPending}
            onClick={() => adding.mutate({ text: typed, key: null })}
          >
            {t("staff.guard.addCard")}
          </Button>
        }
      />
      {isSame &&
        readings.map(({ key, format }) => (
          <Button key={key} variant="light" size="xs" justify="flex-start" onClick={() => adding.mutate({ text: typed, key })}>
            <CardName format={format} text={typed} keyText={key} />
          </Button>
        ))}
    </>
  );
}

function CardName({ format, text, keyText }: { format: string; text: string; keyText: string }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} wrap="nowrap">
      <Badge variant="default" size="sm" tt="none">
        {t(`passes.format.${format as "EM4100"}`, { defaultValue: format })}
      </Badge>
      <Text span size="sm">
        {text}
      </Text>
      <Text span size="xs" c="dimmed" ff="monospace">
        {keyText}
      </Text>
    </Group>
  );
}
