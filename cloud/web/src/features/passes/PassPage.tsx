/** One pass on an address of its own: a link that can be sent to a colleague. */

import { Group, Paper } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { passQuery } from "./api";
import { PassDetails } from "./PassDetails";

export function PassPage({ passId }: { passId: string }) {
  const { t } = useTranslation();
  const pass = useQuery(passQuery(passId));
  return (
    <Page title={pass.data ? t("passes.title", { number: pass.data.number }) : t("passes.pass")}>
      <LinkAnchor to="/desk/passes" size="sm">
        <Group gap={4}>
          <IconChevronLeft size={15} />
          {t("section.passes")}
        </Group>
      </LinkAnchor>
      {pass.isError && <ProblemNotice error={pass.error} onRetry={() => void pass.refetch()} />}
      {pass.data && (
        <Paper withBorder p="lg" maw={720}>
          <PassDetails pass={pass.data} />
        </Paper>
      )}
    </Page>
  );
}
