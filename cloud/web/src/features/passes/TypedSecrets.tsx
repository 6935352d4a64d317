/** A pass's PIN and code, large enough to be read out over a telephone, each with a button that copies it. */

import { ActionIcon, CopyButton, Group, Stack, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { PassCard } from "./api";
import { typedOf } from "./draft";

export function TypedSecrets({ pass }: { pass: PassCard }) {
  const { t } = useTranslation();
  const [pin, code] = [typedOf(pass, "PIN"), typedOf(pass, "CODE")];
  if (pin === undefined && code === undefined) return null;
  return (
    <Group gap="xl">
      {pin !== undefined && <Secret title={t("passes.typed.pin")} value={pin} />}
      {code !== undefined && <Secret title={t("passes.typed.code")} value={code} />}
    </Group>
  );
}

function Secret({ title, value }: { title: string; value: string }) {
  const { t } = useTranslation();
  return (
    <Stack gap={0}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Group gap={6} wrap="nowrap">
        <Text fz={26} fw={700} ff="monospace" lh={1.2} style={{ letterSpacing: 1.5, whiteSpace: "nowrap" }}>
          {value}
        </Text>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? t("action.copied") : t("action.copy")}>
              <ActionIcon variant="subtle" color="gray" aria-label={`${copied ? t("action.copied") : t("action.copy")}: ${title}`} onClick={copy}>
                {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Group>
    </Stack>
  );
}
