/** One violation as a card: what was seen, where the case stands, what one may do next, and what was done. */

import { Button, Group, Stack, Text, Timeline } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatDateTime } from "@/shared/format/dates";
import { useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { Facts } from "@/shared/ui/Facts";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { Plate } from "@/shared/ui/Plate";
import { ProblemNotice } from "@/shared/ui/Problem";
import { SidePanel } from "@/shared/ui/SidePanel";
import { type NextStep, type Violation, violationQuery } from "./api";
import { awaitPictures, Pictures } from "./Pictures";
import { StepDialog } from "./StepDialog";
import { ViolationStatus } from "./ViolationStatus";

export function ViolationPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const violation = useQuery({ ...violationQuery(id), refetchInterval: ({ state }) => awaitPictures(state.data?.photos) });
  return (
    <SidePanel title={violation.data ? t("violations.title", { number: violation.data.number }) : t("violations.one")} onClose={onClose}>
      {violation.isError && <ProblemNotice error={violation.error} onRetry={() => void violation.refetch()} />}
      {violation.data && <Details violation={violation.data} />}
    </SidePanel>
  );
}

function Details({ violation }: { violation: Violation }) {
  const { t } = useTranslation();
  const may = useMay();
  const zone = useZoneOf()(violation.site_id);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <ViolationStatus state={violation.state} />
        {violation.plate && <Plate canonical={violation.plate} size="lg" />}
      </Group>
      <Steps violation={violation} />
      <Pictures pictures={violation.photos} />
      <Facts
        items={[
          [t("violations.kindLabel"), t(`violations.kind.${violation.kind}`)],
          [t("violations.when"), formatDateTime(new Date(violation.at), zone)],
          [t("passes.site"), violation.site],
          [t("field.address"), violation.address],
          [
            t("passes.pass"),
            violation.pass_id && violation.pass_number !== null && may("passes.read") && (
              <LinkAnchor key="pass" to="/desk/passes/$passId" params={{ passId: violation.pass_id }} fz="inherit">
                № {violation.pass_number}
              </LinkAnchor>
            ),
          ],
          [t("violations.by"), violation.guard],
          [t("field.comment"), violation.note],
        ]}
      />
      <Timeline bulletSize={12} lineWidth={2} active={violation.history.length} aria-label={t("violations.history")}>
        {violation.history.map((line, index) => (
          <Timeline.Item key={index} title={t(`violations.state.${line.state}`)}>
            <Text size="sm" c="dimmed">
              <Age at={line.at} zone={zone} />
              {line.actor && ` · ${line.actor}`}
            </Text>
            {line.note && <Text size="sm">{line.note}</Text>}
          </Timeline.Item>
        ))}
      </Timeline>
    </Stack>
  );
}

function Steps({ violation }: { violation: Violation }) {
  const { t } = useTranslation();
  const [step, setStep] = useState<NextStep | null>(null);
  if (violation.steps.length === 0) return null;
  return (
    <Group gap="xs">
      {violation.steps.map((each, index) => (
        <Button key={each.state} size="xs" variant={index === 0 ? "light" : "default"} onClick={() => setStep(each)}>
          {t(`violations.step.${each.state}`)}
        </Button>
      ))}
      {step && (
        <StepDialog
          violation={violation}
          step={step}
          onClose={() => setStep(null)}
          onDone={({ number, state }) => {
            setStep(null);
            notifications.show({ message: t("violations.stepped", { number, state: t(`violations.state.${state}`) }), color: "teal" });
          }}
        />
      )}
    </Group>
  );
}
