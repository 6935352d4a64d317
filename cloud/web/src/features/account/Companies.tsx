/** The companies that I work for, each to be left. */

import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { type Me, useMe } from "@/shared/session/me";
import { leaveCompany } from "./api";

type Company = Me["companies"][number];

export function Companies() {
  const { t } = useTranslation();
  const me = useMe();
  const [left, setLeft] = useState<Company | null>(null);
  if (me.companies.length === 0) return null;
  return (
    <Card withBorder component="section">
      <Stack gap="sm">
        <Title order={2} fz={17}>
          {t("account.companies")}
        </Title>
        {me.companies.map((company) => (
          <Group key={company.id} data-row justify="space-between" wrap="nowrap" gap="xs">
            <Text size="sm" fw={550}>
              {company.name}
            </Text>
            <Button
              size="compact-sm"
              flex="none"
              variant="subtle"
              color="gray"
              c="var(--domovoy-denied)"
              aria-label={t("account.leaveTitle", { company: company.name })}
              onClick={() => setLeft(company)}
            >
              {t("account.leave")}
            </Button>
          </Group>
        ))}
        {left && <LeaveDialog company={left} onClose={() => setLeft(null)} />}
      </Stack>
    </Card>
  );
}

function LeaveDialog({ company, onClose }: { company: Company; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({}, () => leaveCompany(company.id), {
    fields: [],
    onDone: () => {
      onClose();
      notifications.show({ message: t("account.left", { company: company.name }), color: "teal" });
      void client.invalidateQueries();
    },
  });
  return (
    <FormDialog
      title={t("account.leaveTitle", { company: company.name })}
      draft={draft}
      submitLabel={t("account.leave")}
      onClose={onClose}
      isDangerous
    >
      <Text size="sm">{t("account.leaveHint")}</Text>
    </FormDialog>
  );
}
