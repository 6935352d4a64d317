/** Says what was done, and for a while offers to take it back. */

import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { randomId } from "@mantine/hooks";

const OFFERED_MS = 12_000;

interface Undoable {
  message: string;
  label: string;
  undo: () => Promise<unknown>;
  /** The sentence for what went wrong when it could not be taken back. */
  textOf: (error: Error) => string;
}

export function notifyUndoable({ message, label, undo, textOf }: Undoable): void {
  const id = randomId();
  const takeBack = () => {
    notifications.hide(id);
    undo().catch((error: unknown) => {
      notifications.show({ message: textOf(error instanceof Error ? error : new Error(String(error))), color: "red" });
    });
  };
  notifications.show({
    id,
    color: "teal",
    autoClose: OFFERED_MS,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm">{message}</Text>
        <Button size="compact-sm" variant="default" style={{ flexShrink: 0 }} onClick={takeBack}>
          {label}
        </Button>
      </Group>
    ),
  });
}
