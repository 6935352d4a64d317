/** What will be sent to a box, as differences from what it has, and the button that sends it. */

import { Button, Code, Group, Modal, ScrollArea, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useReturnFocus } from "@/shared/form/useFocus";
import { ProblemNotice } from "@/shared/ui/Problem";
import { applyConfig, type Box, type ConfigPreview, previewConfig } from "./api";

export function ConfigDialog({ box, onClose }: { box: Box; onClose: () => void }) {
  useReturnFocus();
  const { t } = useTranslation();
  const client = useQueryClient();
  const preview = useQuery({ queryKey: ["boxes", "preview", box.id], queryFn: () => previewConfig(box.id), staleTime: 0 });
  const apply = useMutation({
    mutationFn: () => applyConfig(box.id),
    onSuccess: ({ version }) => {
      void client.invalidateQueries({ queryKey: ["boxes"] });
      notifications.show({ message: t("sites.configSent", { version }), color: "teal" });
      onClose();
    },
  });
  const failure = preview.error ?? apply.error;
  return (
    <Modal opened returnFocus={false} onClose={onClose} size="xl" title={t("sites.configTitle", { box: box.name })} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="sm">
        {failure && <ProblemNotice error={failure} />}
        {preview.data && <Changes preview={preview.data} />}
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

function shown(value: unknown): string {
  return value === null || value === undefined ? "—" : JSON.stringify(value);
}

function Changes({ preview }: { preview: ConfigPreview }) {
  const { t } = useTranslation();
  if (preview.changes.length === 0) return <Text size="sm">{t("sites.configSame", { version: preview.version })}</Text>;
  return (
    <ScrollArea.Autosize mah={420} type="auto">
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("sites.configPath")}</Table.Th>
            <Table.Th>{t("sites.configBefore")}</Table.Th>
            <Table.Th>{t("sites.configAfter")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {preview.changes.map((change) => (
            <Table.Tr key={change.path}>
              <Table.Td>{change.path}</Table.Td>
              <Table.Td>
                <Code style={{ overflowWrap: "anywhere" }}>{shown(change.before)}</Code>
              </Table.Td>
              <Table.Td>
                <Code style={{ overflowWrap: "anywhere" }}>{shown(change.after)}</Code>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
