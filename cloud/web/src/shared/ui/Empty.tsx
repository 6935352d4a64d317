/** An empty place says why it is empty and offers the next step. */

import { Stack, Text, ThemeIcon } from "@mantine/core";
import type { ReactNode } from "react";

interface EmptyProps {
  icon: ReactNode;
  title: string;
  hint?: string | undefined;
  action?: ReactNode;
}

export function Empty({ icon, title, hint, action }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py={56} px="md">
      <ThemeIcon size={52} radius="xl" variant="light" color="gray">
        {icon}
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      {hint && (
        <Text size="sm" c="dimmed" ta="center" maw={440}>
          {hint}
        </Text>
      )}
      {action}
    </Stack>
  );
}
