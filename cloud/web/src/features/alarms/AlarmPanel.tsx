/** One alarm as a card: what it means, what to do, and the button that takes it. */

import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useOptimistic } from "@/shared/api/optimistic";
import { useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { Facts } from "@/shared/ui/Facts";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { ProblemNotice } from "@/shared/ui/Problem";
import { SidePanel } from "@/shared/ui/SidePanel";
import { type Alarm, getAlarm, TAKING } from "./api";
import { alarmDetail } from "./detail";
import { alarmHint, AlarmSeverity, alarmText } from "./words";

export function AlarmPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const alarm = useQuery({ queryKey: ["alarms", "one", id], queryFn: () => getAlarm(id) });
  return (
    <SidePanel title={alarm.data ? alarmText(alarm.data.kind, t) : t("alarms.alarm")} onClose={onClose}>
      {alarm.isError && <ProblemNotice error={alarm.error} onRetry={() => void alarm.refetch()} />}
      {alarm.data && <AlarmDetails alarm={alarm.data} />}
    </SidePanel>
  );
}

function AlarmDetails({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation();
  const zone = useZoneOf()(alarm.site_id);
  const hint = alarmHint(alarm.kind, t);
  const detail = alarmDetail(alarm, t, zone);
  const age = (at: string | null) => at && <Age at={at} zone={zone} />;
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <AlarmSeverity alarm={alarm} />
        <Take alarm={alarm} />
      </Group>
      {hint && <Text size="sm">{hint}</Text>}
      <Facts
        items={[
          [t("sites.state"), t(`alarms.state.${alarm.state}`)],
          [
            t("passes.site"),
            <LinkAnchor key="site" to="/desk/sites/$siteId" params={{ siteId: alarm.site_id }} fz="inherit">
              {alarm.site_name}
            </LinkAnchor>,
          ],
          [t("sites.boxOne"), alarm.box_name],
          [t("alarms.source"), alarm.source_name],
          [t("alarms.raised"), age(alarm.raised_at)],
          alarm.times > 1 ? [t("alarms.times"), alarm.times] : null,
          alarm.times > 1 ? [t("alarms.last"), age(alarm.last_at)] : null,
          [t("alarms.acknowledged"), age(alarm.acknowledged_at)],
          [t("alarms.acknowledgedBy"), alarm.acknowledged_person],
          [t("alarms.cleared"), age(alarm.cleared_at)],
        ]}
      />
      {detail && (
        <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {detail}
        </Code>
      )}
    </Stack>
  );
}

function Take({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation();
  const may = useMay();
  const taking = useOptimistic({ ...TAKING, undone: t("alarms.notTaken") });
  if (alarm.acknowledged_at || !may("alarms.acknowledge")) return null;
  return (
    <Button size="xs" onClick={() => taking.mutate(alarm.id)}>
      {t("alarms.take")}
    </Button>
  );
}
