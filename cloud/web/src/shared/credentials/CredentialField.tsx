/** One field for plates and cards: what was typed is recognised, and where it could be several things, one chooses. */

import { Badge, Button, CloseButton, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconCar, IconCreditCard } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { Plate } from "@/shared/ui/Plate";
import { rem } from "@/shared/ui/textScale";
import classes from "./CredentialField.module.css";
import { type Credential, keyOf, LEAST_LENGTH, readingsOf, withCredential } from "./readings";
import { recognitionOf } from "./recognition";
import { withoutControls } from "./typed";

const TYPING_MS = 150;
/** Of what is read, and of what is chosen: as the one comes and becomes the other, nothing below moves away from under the pointer. */
const ROW = rem(30);

interface CredentialFieldProps {
  credentials: Credential[];
  /** What stands in the field: a part of the draft, so that it is never lost when the form is sent. */
  typed: string;
  onChange: (change: { credentials?: Credential[]; typed?: string }) => void;
  error: string | undefined;
  /** One card and nothing else: another one takes its place. */
  oneCard?: { label: string; withAsterisk: boolean };
}

export function CredentialField({ credentials, typed, onChange, error, oneCard }: CredentialFieldProps) {
  const { t } = useTranslation();
  const [asked] = useDebouncedValue(typed.trim(), TYPING_MS);
  const found = useQuery({
    ...recognitionOf(asked),
    enabled: asked.length >= LEAST_LENGTH,
    placeholderData: keepPreviousData,
  });
  const isCurrent = asked === typed.trim() && !found.isPlaceholderData;
  const readings = asked.length >= LEAST_LENGTH ? readingsOf(asked, found.data, oneCard && "card") : [];
  const add = (credential: Credential) => onChange({ credentials: withCredential(oneCard ? [] : credentials, credential), typed: "" });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !typed.trim()) return;
    event.preventDefault();
    const [only] = readings;
    if (only && readings.length === 1 && isCurrent) add(only);
  };
  return (
    <Stack gap={6}>
      <TextInput
        data-autofocus
        {...(oneCard ?? { label: t("passes.credential"), description: t("passes.credentialHint"), placeholder: t("form.example.plate") })}
        value={typed}
        error={error}
        onChange={(event) => onChange({ typed: withoutControls(event.currentTarget.value) })}
        onKeyDown={onKeyDown}
      />
      <Stack gap={6} mih={ROW}>
        {typed.trim() !== "" && <Readings readings={readings} isUnknown={isCurrent && found.isSuccess} onChoose={add} />}
        {credentials.map((credential, index) => (
          <Group key={index} justify="space-between" wrap="nowrap" mih={ROW}>
            <CredentialName credential={credential} />
            <CloseButton
              size="sm"
              aria-label={t("action.remove")}
              onClick={() => onChange({ credentials: credentials.filter((_, other) => other !== index) })}
            />
          </Group>
        ))}
      </Stack>
    </Stack>
  );
}

interface ReadingsProps {
  readings: Credential[];
  isUnknown: boolean;
  onChoose: (credential: Credential) => void;
}

function Readings({ readings, isUnknown, onChoose }: ReadingsProps) {
  const { t } = useTranslation();
  if (readings.length === 0) {
    return isUnknown ? (
      <Text size="sm" c="var(--domovoy-attention)">
        {t("passes.notRecognised")}
      </Text>
    ) : null;
  }
  return (
    <Stack gap={4} role="group" aria-label={t("passes.readings")}>
      {readings.length > 1 && (
        <Text size="sm" c="dimmed">
          {t("passes.ambiguous")}
        </Text>
      )}
      {readings.map((reading) => (
        <Button
          key={keyOf(reading)}
          variant="light"
          size="xs"
          h="auto"
          mih={ROW}
          py={2}
          classNames={{ label: classes["reading"] ?? "" }}
          justify="flex-start"
          leftSection={reading.type === "plate" ? <IconCar size={16} /> : <IconCreditCard size={16} />}
          onClick={() => onChoose(reading)}
        >
          <CredentialName credential={reading} />
        </Button>
      ))}
    </Stack>
  );
}

export function CredentialName({ credential }: { credential: Credential }) {
  const { t } = useTranslation();
  if (credential.type === "plate") return <Plate canonical={credential.plate} />;
  const others = credential.spellings.filter((each) => each !== credential.text);
  return (
    <Group gap={6} className={classes["card"] ?? ""}>
      <Badge variant="default" size="sm" tt="none" h="auto" classNames={{ label: classes["format"] ?? "" }}>
        {t(`passes.format.${credential.format as "EM4100"}`, { defaultValue: credential.format })}
      </Badge>
      <Text span size="sm">
        {credential.text}
      </Text>
      <Text span size="xs" c="dimmed" ff="monospace">
        {others.length > 0 ? others.map((each) => `= ${each}`).join(" ") : credential.key}
      </Text>
    </Group>
  );
}
