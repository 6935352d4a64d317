/** A page of a face: its heading, what can be done there, and its content; it names the browser's tab. */

import { Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

import classes from "./Page.module.css";

interface PageProps {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  /** The way back, above the heading: a heading that comes late, and is long, does not move it. */
  back?: ReactNode;
  children: ReactNode;
}

export function Page({ title, note, actions, back, children }: PageProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("product")}`;
  }, [title, t]);
  return (
    <Stack gap="sm">
      {back}
      <Group justify="space-between" align="center" mih={40}>
        <Group gap="sm" align="baseline">
          <Title order={1} fz={22}>
            {title}
          </Title>
          {note && (
            <Text size="sm" c="dimmed" component="div">
              {note}
            </Text>
          )}
        </Group>
        <Group gap="xs" className={classes["actions"] ?? ""}>
          {actions}
        </Group>
      </Group>
      {children}
    </Stack>
  );
}
