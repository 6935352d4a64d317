/** The frame of all screens before sign-in: who we are, one card, language and theme. */

import { Box, Center, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { LanguageSwitch, ThemeSwitch } from "@/shared/ui/Preferences";
import { Logo } from "@/shared/ui/Logo";

interface EntryLayoutProps {
  title: string;
  hint?: string | undefined;
  children: ReactNode;
}

export function EntryLayout({ title, hint, children }: EntryLayoutProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("product")}`;
  }, [title, t]);
  return (
    <Box mih="100dvh" display="flex" style={{ flexDirection: "column" }}>
      <Group component="header" justify="flex-end" p="sm" gap="xs">
        <LanguageSwitch />
        <ThemeSwitch />
      </Group>
      <Center component="main" flex={1} p="md" pb={96}>
        <Stack w="100%" maw={400} gap="lg">
          <Group gap="sm" justify="center">
            <Logo size={36} />
            <Text fz={24} fw={700}>
              {t("product")}
            </Text>
          </Group>
          <Paper withBorder p="xl" radius="lg" shadow="sm">
            <Stack gap="md">
              <Stack gap={4}>
                <Title order={1} fz={20}>
                  {title}
                </Title>
                {hint && (
                  <Text size="sm" c="dimmed">
                    {hint}
                  </Text>
                )}
              </Stack>
              {children}
            </Stack>
          </Paper>
        </Stack>
      </Center>
    </Box>
  );
}
