/** What will be sent to a box, as differences from what it has, and the button that sends it. */

import { Badge, Button, Group, Modal, ScrollArea, Stack, Table, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { components } from "@/shared/api/schema";
import { useReturnFocus } from "@/shared/form/useFocus";
import { ProblemNotice } from "@/shared/ui/Problem";
import { applyConfig, type Box, type ConfigPreview, configQuery, UNSENT } from "./api";

type Difference = components["schemas"]["Difference"];

export function ConfigDialog({ box, onClose }: { box: Box; onClose: () => void }) {
  useReturnFocus();
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const preview = useQuery(configQuery(box.id, i18n.language));
  const apply = useMutation({
    mutationFn: () => applyConfig(box.id),
    onSuccess: ({ version }) => {
      for (const list of UNSENT) void client.invalidateQueries({ queryKey: [list] });
      notifications.show({ message: t("sites.configSent", { version }), color: "teal" });
      onClose();
    },
  });
  const failure = preview.error ?? apply.error;
  return (
    <Modal opened returnFocus={false} onClose={onClose} size="xl" title={t("sites.configTitle", { box: box.name })} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="sm">
        {failure && <ProblemNotice error={failure} />}
        {preview.data && <Differences preview={preview.data} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("action.close")}
          </Button>
          <Button loading={apply.isPending} disabled={!preview.data} onClick={() => apply.mutate()}>
            {t("sites.configApply")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Differences({ preview }: { preview: ConfigPreview }) {
  const { t } = useTranslation();
  if (preview.differences.length === 0) return <Text size="sm">{t("sites.configSame", { version: preview.version })}</Text>;
  return (
    <ScrollArea.Autosize mah={460} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("sites.configDiffers") }}>
      <Stack gap="md">
        {preview.differences.map((difference, index) => (
          <Thing key={index} difference={difference} />
        ))}
      </Stack>
    </ScrollArea.Autosize>
  );
}

const TONE = { added: "teal", removed: "red", changed: "gray" } as const;

/** One thing: what it is, what becomes of it, and which of its settings are not as they were. */
function Thing({ difference: { section, name, act, lines } }: { difference: Difference }) {
  const { t } = useTranslation();
  const title = name === null ? t("sites.configSection.box") : `${t(`sites.configSection.${section}`)}: ${name}`;
  return (
    <Stack gap={4} component="section">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Title order={3} fz="sm" style={{ overflowWrap: "anywhere" }}>
          {title}
        </Title>
        {act !== "changed" && (
          <Badge size="sm" variant="light" color={TONE[act]} style={{ flexShrink: 0 }}>
            {t(`sites.configAct.${act}`)}
          </Badge>
        )}
      </Group>
      {lines.length > 0 && (
        <Table verticalSpacing={3} layout="fixed" aria-label={title}>
          <Table.Tbody>
            {lines.map((line) => (
              <Table.Tr key={line.title}>
                <Table.Td w="40%" c="dimmed">
                  {line.title}
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  {act === "changed" && (
                    <>
                      <Text span size="sm" c="dimmed" td={line.before === null ? "none" : "line-through"}>
                        {line.before ?? t("sites.configNone")}
                      </Text>
                      {" → "}
                    </>
                  )}
                  {line.after ?? t("sites.configNone")}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
