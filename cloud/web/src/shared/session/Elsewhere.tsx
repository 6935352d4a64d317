/** What is not found in this company may be in another of the reader's: offers to look there, at the same address. */

import { Button, Group, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { chooseCompany, useCurrentCompany, useShowsAll } from "@/shared/api/company";
import { companyOf, meQuery } from "./me";

export function Elsewhere() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const showsAll = useShowsAll();
  const chosen = useCurrentCompany();
  const me = useQuery({ ...meQuery, enabled: false }).data; // a page for nobody in particular does not ask who reads it
  const here = me && companyOf(me, chosen);
  if (!here || showsAll || me.companies.length < 2) return null;
  const look = (id: string) => {
    chooseCompany(id);
    void client.invalidateQueries();
  };
  return (
    <Group gap="xs" mt="xs">
      <Text size="sm">{t("problem.elsewhere", { company: here.name })}</Text>
      {me.companies.map(({ id, name }) => id !== here.id && (
        <Button key={id} size="xs" variant="default" maw="100%" title={name} onClick={() => look(id)}>
          {name}
        </Button>
      ))}
    </Group>
  );
}
