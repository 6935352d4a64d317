/** Companies of the installation that one belongs to; its operator makes new ones. */

import { Button, Card, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import { useKeys } from "@/shared/keys/useKeys";
import { useMe } from "@/shared/session/me";
import { Facts } from "@/shared/ui/Facts";
import { later, useSoon } from "@/shared/ui/later";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import type { Company } from "./CompanyDialog";

const load = async () => (await import("./CompanyDialog")).CompanyDialog;
const CompanyDialog = later(load);

const listCompanies = async () => (await answer(api.GET("/api/companies"))).items;

export function CompaniesPage() {
  const { t } = useTranslation();
  const me = useMe();
  const companies = useQuery({ queryKey: ["companies"], queryFn: listCompanies });
  const [edited, setEdited] = useState<Company | "new" | null>(null);
  useSoon(load);
  useKeys([["n", () => me.is_operator && setEdited("new")]]);
  const add = me.is_operator && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("companies.add")}
    </Button>
  );
  return (
    <Page title={t("section.companies")} actions={add}>
      {companies.isError && <ProblemNotice error={companies.error} onRetry={() => void companies.refetch()} />}
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
        {companies.data?.map((company) => (
          <Card key={company.id} withBorder>
            <Stack gap="xs">
              <Group justify="space-between">
                <Text fw={650}>{company.name}</Text>
                {me.companies.find(({ id }) => id === company.id)?.permissions.includes("organisation.manage") && (
                  <Button size="xs" variant="default" onClick={() => setEdited(company)}>
                    {t("action.change")}
                  </Button>
                )}
              </Group>
              <Facts
                items={[
                  [t("companies.inn"), company.inn],
                  [t("field.timeZone"), company.time_zone],
                  [t("companies.totp"), company.administrators_need_totp ? t("yes") : t("no")],
                ]}
              />
            </Stack>
          </Card>
        ))}
      </SimpleGrid>
      {edited && <CompanyDialog company={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  );
}
