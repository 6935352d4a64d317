/** One pass on an address of its own: a link that can be sent to a colleague. */

import { Paper } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { BackLink } from "@/shared/ui/BackLink";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { passQuery } from "./api";
import { PassDetails } from "./PassDetails";

export function PassPage({ passId }: { passId: string }) {
  const { t } = useTranslation();
  const pass = useQuery(passQuery(passId));
  return (
    <Page title={pass.data ? t("passes.title", { number: pass.data.number }) : t("passes.pass")} back={<BackLink to="/desk/passes">{t("section.passes")}</BackLink>}>
      {pass.isError && <ProblemNotice error={pass.error} onRetry={() => void pass.refetch()} />}
      {pass.data && (
        <Paper withBorder p="lg" maw={720}>
          <PassDetails pass={pass.data} />
        </Paper>
      )}
    </Page>
  );
}
