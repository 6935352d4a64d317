/** One passage on an address of its own: the picture in full, what was read, what was decided and why. */

import { Anchor, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { formatDateTime } from "@/shared/format/dates";
import { formatNumber, formatPhone, formatQuantity } from "@/shared/format/numbers";
import { useZoneOf } from "@/shared/lookups/sites";
import { BackLink } from "@/shared/ui/BackLink";
import { Facts } from "@/shared/ui/Facts";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { Page } from "@/shared/ui/Page";
import { Plate } from "@/shared/ui/Plate";
import { ProblemNotice } from "@/shared/ui/Problem";
import { getPassage, type Passage } from "./api";
import { credentialText } from "./credential";
import { Decided } from "./Decided";
import { Flags } from "./Flags";
import { reasonText } from "./noticed";
import { awaitStill, Still } from "@/shared/ui/Still";
import { Verdict } from "./Verdict";

const STILL_HEIGHT = 360;

export function PassagePage({ passageId }: { passageId: string }) {
  const { t } = useTranslation();
  const passage = useQuery({
    queryKey: ["passages", "one", passageId],
    queryFn: () => getPassage(passageId),
    refetchInterval: ({ state }) => awaitStill(state.data),
  });
  return (
    <Page title={passage.data?.point ?? t("gate.passage")} note={passage.data && `${passage.data.site} · ${t(`gate.direction.${passage.data.direction}`)}`} back={<BackLink to="/desk/board">{t("section.board")}</BackLink>}>
      {passage.isError && <ProblemNotice error={passage.error} onRetry={() => void passage.refetch()} />}
      {passage.data && <Details passage={passage.data} />}
    </Page>
  );
}

function Details({ passage }: { passage: Passage }) {
  const { t, i18n } = useTranslation();
  const zone = useZoneOf()(passage.site_id);
  const what = passage.plate ?? credentialText(passage, t);
  const exact = (at: string) => formatDateTime(new Date(at), zone, true);
  const milliseconds = (us: number | null) => (us === null ? null : formatQuantity(us / 1000, t("unit.millisecond"), i18n.language, 1));
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Paper withBorder p="sm">
        <Still passage={passage} label={t("gate.stillOf", { what })} height={STILL_HEIGHT} isWhole />
      </Paper>
      <Paper withBorder p="md">
        <Stack gap="md">
          <Group justify="space-between">
            <Verdict passage={passage} size="lg" />
            {passage.plate ? <Plate canonical={passage.plate} size="lg" /> : <Text>{what}</Text>}
          </Group>
          <Text>{reasonText(passage, t, i18n.language)}</Text>
          <Flags passage={passage} />
          <Decided passage={passage} />
          <Facts
            items={[
              [t("gate.column.at"), exact(passage.at) + (passage.clock_trusted ? "" : ` (${t("gate.clockUnknown")})`)],
              [t("gate.received"), exact(passage.received_at)],
              [t("passes.pass"), passage.pass_id && <PassLink key="pass" id={passage.pass_id} number={passage.pass_number} />],
              [t("passes.holder"), passage.holder],
              [t("gate.column.host"), passage.host],
              [t("field.address"), passage.address],
              [t("field.phone"), passage.phone && <Anchor href={`tel:${passage.phone}`} fz="inherit">{formatPhone(passage.phone)}</Anchor>],
              [t("gate.read"), passage.read],
              [t("gate.fault"), passage.opened === null && passage.fault ? t("gate.openedUnknown") : passage.fault],
              [t("gate.decided"), `${formatNumber(passage.decision_us, i18n.language)}\u00a0${t("unit.microsecond")}`],
              [t("gate.column.speed"), milliseconds(passage.latency_us)],
            ]}
          />
        </Stack>
      </Paper>
    </SimpleGrid>
  );
}

function PassLink({ id, number }: { id: string; number: number | null }) {
  return (
    <LinkAnchor to="/desk/passes/$passId" params={{ passId: id }} fz="inherit">
      № {number}
    </LinkAnchor>
  );
}
