/** A shift's report: how many came, whom the guard refused, what was opened by hand, what was handed over. */

import { Group, List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { formatDateTime } from "@/shared/format/dates";
import { decisionText } from "@/shared/format/decisions";
import { useZoneOf } from "@/shared/lookups/sites";
import { Facts } from "@/shared/ui/Facts";
import { ProblemNotice } from "@/shared/ui/Problem";
import { SidePanel } from "@/shared/ui/SidePanel";
import { type ShiftReport, shiftQuery } from "./api";

export function ShiftPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const report = useQuery(shiftQuery(id));
  return (
    <SidePanel title={report.data ? t("watch.reportTitle", { guard: report.data.shift.guard }) : t("watch.tab.shifts")} onClose={onClose}>
      {report.isError && <ProblemNotice error={report.error} onRetry={() => void report.refetch()} />}
      {report.data && <Report report={report.data} />}
    </SidePanel>
  );
}

function Report({ report }: { report: ShiftReport }) {
  const { t } = useTranslation();
  const zone = useZoneOf()(report.shift.site_id);
  const exact = (at: string) => formatDateTime(new Date(at), zone);
  return (
    <Stack gap="md">
      <Facts
        items={[
          [t("passes.site"), report.shift.site],
          [t("watch.begun"), exact(report.shift.begun_at)],
          [t("watch.ended"), report.shift.ended_at ? exact(report.shift.ended_at) : t("watch.onDuty")],
          [t("watch.handedOver"), report.shift.note],
          [t("watch.grantedIn"), report.granted_in],
          [t("watch.grantedOut"), report.granted_out],
          [t("watch.denied"), report.denied],
          [t("watch.visitors"), report.visitors],
          [t("watch.passesMade"), report.passes_made],
          [t("watch.cardsOut"), report.cards_out],
        ]}
      />
      <Part title={t("watch.denialsTitle")} lines={report.denials.map(({ reason, count }) => `${t(`gate.reason.${reason}`)}: ${count}`)} />
      <Part
        title={t("watch.openedByHand")}
        lines={report.decisions.map((row) => (
          <Group key={row.id} gap={6}>
            <Text span size="sm" c="dimmed">
              {exact(row.at)}
            </Text>
            <Text span size="sm">
              {[t(`watch.verdict.${row.verdict}`), row.point, decisionText(row, t)].filter(Boolean).join(" · ")}
            </Text>
          </Group>
        ))}
      />
      <Part title={t("section.violations")} lines={report.violations.map(({ number, kind, address, plate }) => `№ ${number} · ${[t(`violations.kind.${kind}`), plate, address].filter(Boolean).join(" · ")}`)} />
      <Part title={t("watch.notesTitle")} lines={report.notes.map(({ at, text }) => `${exact(at)} · ${text}`)} />
    </Stack>
  );
}

function Part({ title, lines }: { title: string; lines: readonly ReactNode[] }) {
  if (lines.length === 0) return null;
  return (
    <section>
      <Text fw={600} size="sm">
        {title}
      </Text>
      <List size="sm" listStyleType="none">
        {lines.map((line, index) => (
          <List.Item key={index}>{line}</List.Item>
        ))}
      </List>
    </section>
  );
}
