/** The way to who looked at somebody's data; for those who may read it. */

import { IconEye } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useMay } from "@/shared/session/me";
import { LinkAnchor } from "./LinkAnchor";

export function WhoLooked({ subject }: { subject: string }) {
  const { t } = useTranslation();
  const may = useMay();
  if (!may("audit.read")) return null;
  return (
    <LinkAnchor to="/admin/looks" search={{ subject }} fz="sm" style={{ display: "inline-flex", gap: 6, alignItems: "center" }}>
      <IconEye size={16} aria-hidden />
      {t("section.looks")}
    </LinkAnchor>
  );
}
