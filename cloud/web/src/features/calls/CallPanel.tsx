/** One call as a card: who stood there, whom they rang, who answered and when. */

import { Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { formatDateTime } from "@/shared/format/dates";
import { useZoneOf } from "@/shared/lookups/sites";
import { Facts } from "@/shared/ui/Facts";
import { ProblemNotice } from "@/shared/ui/Problem";
import { SidePanel } from "@/shared/ui/SidePanel";
import { awaitStill, Still } from "@/shared/ui/Still";
import { type Call, callQuery } from "./api";
import { CallStatus } from "./CallStatus";

const STILL_HEIGHT = 220;

export function CallPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const call = useQuery({ ...callQuery(id), refetchInterval: ({ state }) => awaitStill(state.data) });
  return (
    <SidePanel title={t("calls.one")} onClose={onClose}>
      {call.isError && <ProblemNotice error={call.error} onRetry={() => void call.refetch()} />}
      {call.data && <Details call={call.data} />}
    </SidePanel>
  );
}

function Details({ call }: { call: Call }) {
  const { t } = useTranslation();
  const zone = useZoneOf()(call.site_id);
  const when = (at: string | null) => at && formatDateTime(new Date(at), zone);
  return (
    <Stack gap="md">
      <Group>
        <CallStatus state={call.state} />
      </Group>
      <Still passage={call} label={t("calls.stillOf", { point: call.point })} height={STILL_HEIGHT} isWhole />
      <Facts
        items={[
          [t("calls.whom"), call.address || t("calls.nobody")],
          [t("calls.number"), call.number],
          [t("calls.point"), call.point],
          [t("passes.site"), call.site],
          [t("calls.started"), when(call.started_at)],
          [t("calls.who"), call.answer && t(`calls.answer.${call.answer}`, { person: call.person })],
          [t("calls.decided"), when(call.decided_at)],
          [t("calls.opened"), when(call.opened_at)],
          [t("calls.ended"), when(call.ended_at)],
        ]}
      />
    </Stack>
  );
}
