/** What somebody should do something about at the certificate of a box's guard's page. */

import { useTranslation } from "react-i18next";

import { formatDate } from "@/shared/format/dates";
import { Status } from "@/shared/ui/Status";
import type { Box } from "./api";
import { pageNotice } from "./pageState";

export function PageWarning({ box, zone }: { box: Box; zone: string }) {
  const { t } = useTranslation();
  const notice = pageNotice(box.page, new Date());
  if (!notice) return null;
  return <Status tone={notice.tone}>{"refused" in notice ? t(`sites.page.refused.${notice.refused}`) : t("sites.page.ends", { until: formatDate(new Date(notice.ends), zone) })}</Status>;
}
