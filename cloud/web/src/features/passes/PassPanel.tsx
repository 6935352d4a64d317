/** One pass as a card beside the list. */

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
  return (
    <SidePanel title={pass.data ? t("passes.title", { number: pass.data.number }) : t("passes.pass")} onClose={onClose}>
      {pass.isError && <ProblemNotice error={pass.error} onRetry={() => void pass.refetch()} />}
      {pass.data && (
        <>
          <PassDetails pass={pass.data} />
          <LinkAnchor to="/desk/passes/$passId" params={{ passId: id }} size="sm" mt="md" display="block">
            {t("passes.ownPage")}
          </LinkAnchor>
        </>
      )}
    </SidePanel>
  );
}
