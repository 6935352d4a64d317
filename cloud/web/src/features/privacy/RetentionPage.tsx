/** How long each kind of personal data is kept, and the proof that what is older is gone. */

import { Button, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatDate } from "@/shared/format/dates";
import { formatNumber } from "@/shared/format/numbers";
import { useCompany, useMay } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { later, useSoon } from "@/shared/ui/later";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { ShortTable } from "@/shared/ui/ShortTable";
import { Status } from "@/shared/ui/Status";
import { getRetention, type Standing } from "./api";
import { BoxesKept } from "./BoxesKept";

const load = async () => (await import("./RetentionDialog")).RetentionDialog;
const RetentionDialog = later(load);
const FRESH_MS = 30_000;

export function RetentionPage() {
  const { t } = useTranslation();
  const company = useCompany();
  const retention = useQuery({ queryKey: ["retention"], queryFn: getRetention, refetchInterval: FRESH_MS });
  const [edited, setEdited] = useState<Standing | null>(null);
  useSoon(load);
  const kinds = retention.data?.kinds.filter((each) => each.organisation_id === company?.id);
  return (
    <Page title={t("section.retention")}>
      <Text size="sm" c="dimmed" maw={760}>
        {t("retention.hint")}
      </Text>
      {retention.isError && <ProblemNotice error={retention.error} onRetry={() => void retention.refetch()} />}
      {kinds && <Kinds kinds={kinds} onEdit={setEdited} />}
      {retention.data && <BoxesKept boxes={retention.data.boxes} />}
      {edited && (
        <RetentionDialog
          standing={edited}
          onClose={() => setEdited(null)}
          onSaved={() => {
            setEdited(null);
            notifications.show({ message: t("retention.saved"), color: "teal" });
          }}
        />
      )}
    </Page>
  );
}

interface KindsProps {
  kinds: readonly Standing[];
  onEdit: (standing: Standing) => void;
}

function Kinds({ kinds, onEdit }: KindsProps) {
  const { t } = useTranslation();
  const mayChange = useMay()("organisation.manage");
  const edit = (row: Standing) =>
    mayChange && (
      <Button size="xs" variant="default" aria-label={t("retention.change", { kind: t(`retention.kind.${row.kind}`) })} onClick={() => onEdit(row)}>
        {t("action.change")}
      </Button>
    );
  return (
    <ShortTable
      label={t("section.retention")}
      rows={kinds}
      rowKey={({ kind }) => kind}
      status={{ show: (row) => <Proof row={row} /> }}
      name={{ title: t("retention.kindLabel"), of: ({ kind }) => t(`retention.kind.${kind}`) }}
      parts={[
        { title: t("retention.days"), show: (row) => <Days row={row} /> },
        { title: t("retention.lastRun"), show: (row) => <LastRun row={row} /> },
        { title: t("retention.oldest"), show: (row) => <Oldest row={row} /> },
        { title: t("retention.proof"), show: (row) => <Proof row={row} />, only: "table" },
      ]}
      acts={edit}
    />
  );
}

function Days({ row }: { row: Standing }) {
  const { t, i18n } = useTranslation();
  return (
    <Stack gap={0}>
      <Text size="sm">{formatNumber(row.days, i18n.language)}</Text>
      <Text size="xs" c="dimmed">
        {t(row.own === null ? "retention.standard" : "retention.own")}
      </Text>
    </Stack>
  );
}

function LastRun({ row }: { row: Standing }) {
  const { t } = useTranslation();
  if (!row.run) return t("retention.noRun");
  const { run } = row;
  return (
    <Stack gap={0}>
      <Text size="sm">
        <Age at={run.at} />
      </Text>
      <Text size="xs" c={run.outcome === "failed" ? "var(--domovoy-denied)" : "dimmed"}>
        {run.outcome === "failed" ? t("retention.failed", { why: run.failure }) : run.erased > 0 ? t("retention.erased", { count: run.erased }) : t("retention.nothingErased")}
        {run.outcome === "unfinished" && ` · ${t("retention.unfinished")}`}
      </Text>
    </Stack>
  );
}

function Oldest({ row }: { row: Standing }) {
  const { t } = useTranslation();
  return row.oldest ? formatDate(new Date(row.oldest)) : t("retention.nothing");
}

function Proof({ row }: { row: Standing }) {
  const { t } = useTranslation();
  if (row.overdue === 0) return <Status tone="good">{t("retention.kept")}</Status>;
  return <Status tone="attention">{t("retention.overdue", { count: row.overdue })}</Status>;
}
