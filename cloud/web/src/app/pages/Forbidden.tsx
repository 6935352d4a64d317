/** Where one's role does not lead. */

import { IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Empty } from "@/shared/ui/Empty";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { Page } from "@/shared/ui/Page";

export function Forbidden() {
  const { t } = useTranslation();
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
