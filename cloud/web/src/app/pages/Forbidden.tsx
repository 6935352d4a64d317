/** Where one's role does not lead, or leads only with a second factor. */

import { IconLock, IconShieldLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useCompany } from "@/shared/session/me";
import { Empty } from "@/shared/ui/Empty";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { Page } from "@/shared/ui/Page";

export function Forbidden() {
  const { t } = useTranslation();
  if (useCompany()?.needs_totp) return <SecondFactorFirst />;
  return (
    <Page title={t("problem.forbiddenTitle")}>
      <Empty
        icon={<IconLock size={28} />}
        title={t("problem.forbiddenTitle")}
        hint={t("problem.forbiddenHint")}
        action={<LinkAnchor to="/desk">{t("problem.home")}</LinkAnchor>}
      />
    </Page>
  );
}

function SecondFactorFirst() {
  const { t } = useTranslation();
  return (
    <Page title={t("problem.totpTitle")}>
      <Empty
        icon={<IconShieldLock size={28} />}
        title={t("problem.totpWanted")}
        hint={t("problem.totpHint")}
        action={<LinkAnchor to="/desk/account">{t("problem.totpSet")}</LinkAnchor>}
      />
    </Page>
  );
}
