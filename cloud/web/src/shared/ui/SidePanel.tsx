/** A card beside its list; on a phone it covers the screen. Esc closes it. */

import { ActionIcon, Drawer, Group, Paper, ScrollArea, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useKeys } from "@/shared/keys/useKeys";
import { PANEL_WIDTH } from "./SidePanelRoom";

interface SidePanelProps {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

export function SidePanel({ title, onClose, children }: SidePanelProps) {
  const { t } = useTranslation();
  const isNarrow = useMediaQuery("(max-width: 75em)", false, { getInitialValueInEffect: false });
  useKeys([["Escape", onClose]]);
  if (isNarrow) {
    return (
      <Drawer
        opened
        onClose={onClose}
        position="right"
        size="min(30rem, 100%)"
        title={title}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        {children}
      </Drawer>
    );
  }
  return (
    <Paper component="aside" withBorder w={PANEL_WIDTH} miw={PANEL_WIDTH} pos="sticky" top={72} style={{ alignSelf: "flex-start" }}>
      <Group justify="space-between" wrap="nowrap" p="md" pb="xs" align="flex-start">
        <Title order={2} fz={17} component="div">
          {title}
        </Title>
        <ActionIcon onClick={onClose} aria-label={t("action.close")}>
          <IconX size={18} />
        </ActionIcon>
      </Group>
      <ScrollArea.Autosize mah="calc(100dvh - 160px)" px="md" pb="md" type="auto">
        {children}
      </ScrollArea.Autosize>
    </Paper>
  );
}
