/** How long each kind of personal data is kept, and the proof that what is older is gone. */

import { Button, Paper, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { formatDate } from "@/shared/format/dates";
import { formatNumber } from "@/shared/format/numbers";
import { useCompany, useMay } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { later, useSoon } from "@/shared/ui/later";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { RowCards, useIsPhone } from "@/shared/ui/RowCards";
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

const COLUMNS = ["days", "lastRun", "oldest", "proof"] as const;

function Kinds({ kinds, onEdit }: KindsProps) {
  const { t } = useTranslation();
  const isPhone = useIsPhone();
  const mayChange = useMay()("organisation.manage");
  const edit = (row: Standing) =>
    mayChange && (
      <Button size="xs" variant="default" aria-label={t("retention.change", { kind: t(`retention.kind.${row.kind}`) })} onClick={() => onEdit(row)}>
        {t("action.change")}
      </Button>
    );
  if (isPhone) {
    const cards = kinds.map((row) => ({
      id: row.kind,
      name: t(`retention.kind.${row.kind}`),
      status: <Proof row={row} />,
      facts: [
        [t("retention.days"), <Days key="days" row={row} />],
        [t("retention.lastRun"), <LastRun key="run" row={row} />],
        [t("retention.oldest"), <Oldest key="oldest" row={row} />],
      ] as const,
      acts: edit(row),
    }));
    return <RowCards label={t("section.retention")} rows={cards} />;
  }
  const cells: Record<(typeof COLUMNS)[number], (row: Standing) => ReactNode> = {
    days: (row) => <Days row={row} />,
    lastRun: (row) => <LastRun row={row} />,
    oldest: (row) => <Oldest row={row} />,
    proof: (row) => <Proof row={row} />,
  };
  return (
    <Paper withBorder style={{ overflowX: "auto" }}>
      <Table aria-label={t("section.retention")} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("retention.kindLabel")}</Table.Th>
            {COLUMNS.map((column) => (
              <Table.Th key={column}>{t(`retention.${column}`)}</Table.Th>
            ))}
            <Table.Th>
              <VisuallyHidden>{t("list.actions")}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {kinds.map((row) => (
            <Table.Tr key={row.kind}>
              <Table.Td fw={550}>{t(`retention.kind.${row.kind}`)}</Table.Td>
              {COLUMNS.map((column) => (
                <Table.Td key={column}>{cells[column](row)}</Table.Td>
              ))}
              <Table.Td ta="right">{edit(row)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
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
