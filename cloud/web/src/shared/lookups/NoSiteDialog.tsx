/** What is asked for instead of a form that needs a site, where the company has none yet. */

import { Modal } from "@mantine/core";
import { IconBuildingEstate } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useMay } from "@/shared/session/me";
import { Empty } from "@/shared/ui/Empty";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";

export function NoSiteDialog({ title, onClose }: { title: string; onClose: () => void }) {
  const { t } = useTranslation();
  const mayManage = useMay()("sites.manage");
  const add = mayManage && (
    <LinkAnchor to="/desk/sites" fw={600}>
      {t("add.site")}
    </LinkAnchor>
  );
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Empty icon={<IconBuildingEstate size={28} />} title={t("list.noSite")} hint={t(mayManage ? "list.noSiteHint" : "list.noSiteAsk")} action={add} />
    </Modal>
  );
}
