/** Under an empty list: it may be empty because one complex is shown. */

import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { ALL } from "./complex";
import { useChooseComplex, useComplex, useComplexes } from "./useComplex";

export function OneComplexAlone() {
  const { t } = useTranslation();
  const id = useComplex();
  const complexes = useComplexes();
  const choose = useChooseComplex();
  const shown = complexes?.items.find((complex) => complex.id === id);
  if (!shown) return null;
  return (
    <Group justify="center" gap="xs" px="md" pb="lg">
      <Text size="sm" c="dimmed" ta="center">
        {t("list.oneComplex", { name: shown.name })}
      </Text>
      <Button variant="subtle" size="compact-sm" onClick={() => choose(ALL)}>
        {t("list.everyComplex")}
      </Button>
    </Group>
  );
}
