/** The report of a shift: on the screen, on paper, as a PDF. */

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { IconArrowLeft, IconFileTypePdf, IconPrinter } from "@tabler/icons-react";

import { reportQuery } from "../api/queries";
import { useWords } from "../i18n";
import passes from "../passes/Passes.module.css";
import { Button, ButtonLink } from "../ui/Button";
import { Notice, ProblemNotice } from "../ui/Notice";
import { ReportBody, useShiftWords } from "./ReportBody";
import classes from "./Shift.module.css";

export function Report() {
  const { id } = useParams({ from: "/inside/shift/$id" });
  const { t } = useWords();
  const shiftWords = useShiftWords();
  const { data: report, error, refetch } = useQuery(reportQuery(id));
  if (!report) return error && <ProblemNotice error={error} onRetry={() => void refetch()} />;
  return (
    <div className={passes["card"]}>
      <div className={passes["top"]}>
        <Button className={classes["screen"]} icon={<IconArrowLeft aria-hidden />} onClick={() => history.back()}>
          {t("action.back")}
        </Button>
        <h1>{t("shift.report")}</h1>
        <PaperButtons id={id} />
      </div>
      <p>{shiftWords(report.shift)}</p>
      {report.shift.note && (
        <Notice tone="info">
          {t("shift.handedOver")}: {report.shift.note}
        </Notice>
      )}
      <ReportBody report={report} />
    </div>
  );
}

export function PaperButtons({ id }: { id: string }) {
  const { t } = useWords();
  return (
    <span className={`${classes["paper"]} ${classes["screen"]}`}>
      <Button icon={<IconPrinter aria-hidden />} onClick={() => print()}>
        {t("shift.print")}
      </Button>
      <ButtonLink href={`/gate/api/shifts/${id}/report.pdf`} target="_blank" rel="noreferrer" icon={<IconFileTypePdf aria-hidden />}>
        {t("shift.pdf")}
      </ButtonLink>
    </span>
  );
}
