/** Rows of a table on a phone: each by its name, what is known of it under one another, and what can be done. */

import { Group, Paper, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";

import { Facts } from "./Facts";

export function useIsPhone(): boolean {
  return useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
}

export interface RowCard {
  id: string;
  name: string;
  /** Beside the name. */
  status?: ReactNode;
  facts: readonly (readonly [name: string, value: ReactNode])[];
  acts: ReactNode;
}

export function RowCards({ label, rows }: { label: string; rows: readonly RowCard[] }) {
  return (
    <Stack gap="xs" component="ul" aria-label={label} p={0} m={0} style={{ listStyle: "none" }}>
      {rows.map((row) => (
        <Paper key={row.id} withBorder p="sm" component="li">
          <Stack gap="xs">
            <Text fw={550} style={{ overflowWrap: "anywhere" }}>
              {row.name}
            </Text>
            {row.status && <div>{row.status}</div>}
            <Facts items={row.facts} />
            <Group gap="xs">{row.acts}</Group>
          </Stack>
        </Paper>
      ))}
    </Stack>
  );
}
