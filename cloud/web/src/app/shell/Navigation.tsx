/** The sections of a face, with counters where something wants attention, and the way to the other face. */

import { Badge, Box, Group, NavLink, Stack, Text } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useMe } from "@/shared/session/me";
import { Logo } from "@/shared/ui/Logo";
import { type Face, sectionsFor } from "./sections";
import { useAsLeft } from "./useAsLeft";
import { useCounters } from "./useCounters";

const OTHER: Readonly<Record<Face, Face>> = { desk: "admin", admin: "desk" };

export function Navigation({ face }: { face: Face }) {
  const { t } = useTranslation();
  const me = useMe();
  const counters = useCounters();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const asLeft = useAsLeft();
  const other = OTHER[face];
  const elsewhere = sectionsFor(other, me)[0];
  return (
    <Stack h="100%" gap="xs" component="nav" aria-label={t("shell.sections")}>
      <Group gap="xs" px={8} py={6}>
        <Logo size={26} />
        <Box>
          <Text fw={700} lh={1.1}>
            {t("product")}
          </Text>
          <Text size="xs" c="dimmed">
            {t(`face.${face}`)}
          </Text>
        </Box>
      </Group>
      <Box flex={1}>
        {sectionsFor(face, me).map(({ id, to, icon: Icon }) => (
          <NavLink
            key={id}
            component={Link}
            to={to}
            search={asLeft(to)}
            active={path.startsWith(to)}
            label={t(`section.${id}`)}
            leftSection={<Icon size={19} stroke={1.7} />}
            rightSection={<Counter value={counters[id]} />}
            style={{ borderRadius: 8, fontWeight: path.startsWith(to) ? 600 : 450 }}
          />
        ))}
      </Box>
      {elsewhere && (
        <NavLink
          component={Link}
          to={elsewhere.to}
          label={t(`face.${other}`)}
          rightSection={<IconArrowRight size={16} />}
          style={{ borderRadius: 8 }}
        />
      )}
    </Stack>
  );
}

function Counter({ value }: { value: { count: number; label: string; isUrgent: boolean } | undefined }) {
  if (!value || value.count === 0) return null;
  return (
    <Badge size="sm" variant="filled" color={value.isUrgent ? "red.9" : "gray.7"} aria-label={value.label} title={value.label}>
      {value.count > 999 ? "999+" : value.count}
    </Badge>
  );
}
