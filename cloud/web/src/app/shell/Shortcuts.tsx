/** What the keyboard can do here. */

import { Group, Kbd, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useReturnFocus } from "@/shared/form/useFocus";

const KEYS = [
  ["search", ["/"]],
  ["new", ["N"]],
  ["move", ["J", "K"]],
  ["open", ["Enter"]],
  ["back", ["Esc"]],
  ["palette", ["Ctrl", "K"]],
  ["help", ["?"]],
] as const;

export function Shortcuts({ onClose }: { onClose: () => void }) {
  useReturnFocus();
  const { t } = useTranslation();
  return (
    <Modal opened returnFocus={false} onClose={onClose} title={t("shell.shortcuts")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="xs">
        {KEYS.map(([name, keys]) => (
          <Group key={name} justify="space-between">
            <Text size="sm">{t(`shortcut.${name}`)}</Text>
            <Group gap={4}>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
