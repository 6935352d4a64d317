/** One pass as a card beside the list. */

import { IconArrowsMaximize } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { ProblemNotice } from "@/shared/ui/Problem";
import { SidePanel } from "@/shared/ui/SidePanel";
import { passQuery } from "./api";
import { PassDetails } from "./PassDetails";

interface PassPanelProps {
  id: string;
  onClose: () => void;
}

export function PassPanel({ id, onClose }: PassPanelProps) {
  const { t } = useTranslation();
  const pass = useQuery(passQuery(id));
  const ownPage = (
    <LinkAnchor to="/desk/passes/$passId" params={{ passId: id }} title={t("passes.ownPage")} aria-label={t("passes.ownPage")} display="flex" p={4}>
      <IconArrowsMaximize size={18} aria-hidden />
    </LinkAnchor>
  );
  return (
    <SidePanel title={pass.data ? t("passes.title", { number: pass.data.number }) : t("passes.pass")} page={ownPage} onClose={onClose}>
      {pass.isError && <ProblemNotice error={pass.error} onRetry={() => void pass.refetch()} />}
      {pass.data && <PassDetails pass={pass.data} />}
    </SidePanel>
  );
}
