/** One lane: the last who came, the verdict as a word with colour and shape, why, and whom to call. */

import { Anchor, Card, Group, Stack, Text } from "@mantine/core";
import { IconArrowDownLeft, IconArrowUpRight, IconPhone } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { BarrierNow } from "@/shared/barrier/BarrierNow";
import { Moves } from "@/shared/barrier/Moves";
import { formatPhone } from "@/shared/format/numbers";
import { Age } from "@/shared/ui/Age";
import { Plate } from "@/shared/ui/Plate";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { TONE_COLOUR } from "@/shared/ui/Status";
import { rem } from "@/shared/ui/textScale";
import type { LaneRow, Passage } from "./api";
import { credentialText } from "./credential";
import { Flags } from "./Flags";
import { reasonText } from "./noticed";
import { Still } from "@/shared/ui/Still";
import { Verdict, VERDICT_TONE, verdictOf } from "./Verdict";

interface LaneProps {
  lane: LaneRow;
  zone: string | undefined;
  isFresh: boolean;
}

const STILL_HEIGHT = 132;
/** Three lines, also where there are fewer: who comes next does not move what stands below. */
const PASS_HEIGHT = rem(64);

export function Lane({ lane, zone, isFresh }: LaneProps) {
  if (lane.passage) return <Visited lane={lane} passage={lane.passage} zone={zone} isFresh={isFresh} />;
  return <Quiet lane={lane} zone={zone} />;
}

/** A point where nobody has come yet is still a point. */
function Quiet({ lane, zone }: { lane: LaneRow; zone: string | undefined }) {
  const { t } = useTranslation();
  return (
    <Card withBorder p="sm" component="article" data-lane={lane.point} style={{ borderTop: "4px solid var(--domovoy-line)" }}>
      <Text fw={650} truncate title={`${lane.site}, ${lane.point}`}>
        {lane.point}
      </Text>
      <Text size="sm" c="dimmed">
        {t("gate.nobodyYet")}
      </Text>
      <LaneBarrier lane={lane} zone={zone} />
    </Card>
  );
}

function Visited({ lane, passage, zone, isFresh }: { lane: LaneRow; passage: Passage; zone: string | undefined; isFresh: boolean }) {
  const { t, i18n } = useTranslation();
  const colour = TONE_COLOUR[VERDICT_TONE[verdictOf(passage)]];
  const Arrow = passage.direction === "out" ? IconArrowUpRight : IconArrowDownLeft;
  return (
    <Card withBorder p="sm" component="article" data-lane={passage.point} data-fresh={isFresh || undefined} style={{ borderTop: `4px solid ${colour}` }}>
      <Stack gap={8}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Group gap={6} wrap="nowrap" miw={0}>
            <Arrow size={17} aria-label={t(`gate.direction.${passage.direction}`)} role="img" />
            <Text fw={650} truncate title={`${passage.site}, ${passage.point}`}>
              {passage.point}
            </Text>
          </Group>
          <Text size="xs" c="dimmed" component="span">
            <Age at={passage.at} zone={zone} />
          </Text>
        </Group>
        <Still passage={passage} label={t("gate.stillOf", { what: passage.plate ?? credentialText(passage, t) })} height={STILL_HEIGHT} />
        <Group justify="space-between" gap="xs">
          <Verdict passage={passage} size="lg" />
          {passage.plate ? <Plate canonical={passage.plate} /> : <Text size="sm">{credentialText(passage, t)}</Text>}
        </Group>
        <Text size="sm">{reasonText(passage, t, i18n.language)}</Text>
        <Flags passage={passage} />
        <PassOfPassage passage={passage} />
        <LaneBarrier lane={lane} zone={zone} />
      </Stack>
    </Card>
  );
}

/** Where it stands, who has it held open, and what may be ordered. */
function LaneBarrier({ lane, zone }: { lane: LaneRow; zone: string | undefined }) {
  const { point_id: id, point: name, site, site_id, barrier_kind: kind, can_stop, barrier_position: position, hold } = lane;
  if (!kind) return null;
  const barrier = { id, name, site, site_id, kind, can_stop, position, hold };
  return (
    <Group justify="space-between" align="flex-start" gap="xs" mt={4}>
      <BarrierNow barrier={barrier} zone={zone} />
      <Moves barrier={barrier} size="xs" />
    </Group>
  );
}

function PassOfPassage({ passage }: { passage: Passage }) {
  const { t } = useTranslation();
  if (!passage.pass_id) return <Text size="sm" c="dimmed" mih={PASS_HEIGHT}>{t("gate.noPass")}</Text>;
  return (
    <Stack gap={2} mih={PASS_HEIGHT}>
      <Group justify="space-between" gap={0} style={{ columnGap: 10 }}>
        <LinkAnchor to="/desk/passes" search={{ open: passage.pass_id }} fz="sm">
          {t("passes.title", { number: passage.pass_number ?? "" })}
        </LinkAnchor>
        {passage.phone && (
          <Anchor href={`tel:${passage.phone}`} style={{ whiteSpace: "nowrap" }} fz="sm">
            <Group gap={4} wrap="nowrap" component="span">
              <IconPhone size={15} aria-hidden />
              {formatPhone(passage.phone)}
            </Group>
          </Anchor>
        )}
      </Group>
      <Text size="sm">{[passage.holder, passage.host].filter(Boolean).join(" → ")}</Text>
      <Text size="sm" c="dimmed">
        {passage.address}
      </Text>
    </Stack>
  );
}
