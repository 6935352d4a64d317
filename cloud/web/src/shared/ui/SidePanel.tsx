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
  /** A link to the page of what is shown; it stands above all that may still load, so that it does not move under the hand. */
  page?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

export function SidePanel({ title, page, onClose, children }: SidePanelProps) {
  const { t } = useTranslation();
  const isNarrow = useMediaQuery("(max-width: 75em)", false, { getInitialValueInEffect: false });
  useKeys([["Escape", onClose]]);
  if (isNarrow) {
    return (
      <Drawer.Root opened onClose={onClose} position="right" size="min(30rem, 100%)">
        <Drawer.Overlay />
        <Drawer.Content>
          <Drawer.Header>
            <Drawer.Title flex={1}>{title}</Drawer.Title>
            {page}
            <Drawer.CloseButton ml="sm" aria-label={t("action.close")} />
          </Drawer.Header>
          <Drawer.Body>{children}</Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
    );
  }
  return (
    <Paper component="aside" withBorder w={PANEL_WIDTH} miw={PANEL_WIDTH} pos="sticky" top={72} style={{ alignSelf: "flex-start" }}>
      <Group justify="space-between" wrap="nowrap" p="md" pb="xs" align="flex-start">
        <Title order={2} fz={17} component="div">
          {title}
        </Title>
        <Group gap="sm" wrap="nowrap">
          {page}
          <ActionIcon onClick={onClose} aria-label={t("action.close")}>
            <IconX size={18} />
          </ActionIcon>
        </Group>
      </Group>
      <ScrollArea.Autosize mah="calc(100dvh - 160px)" px="md" pb="md" type="auto">
        {children}
      </ScrollArea.Autosize>
    </Paper>
  );
}
