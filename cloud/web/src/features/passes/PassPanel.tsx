/** One pass as a card: who, to whom, when, how often used, and what became of it. */

import { Anchor, Badge, Button, Group, Stack, Text, Timeline } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { formatDateTime } from "@/shared/format/dates";
import { formatPhone } from "@/shared/format/numbers";
import { useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { Facts } from "@/shared/ui/Facts";
import { Plate } from "@/shared/ui/Plate";
import { ProblemNotice } from "@/shared/ui/Problem";
import { SidePanel } from "@/shared/ui/SidePanel";
import { getPass, type PassCard } from "./api";
import { PassStatus } from "./PassStatus";

interface PassPanelProps {
  id: string;
  onClose: () => void;
  onRevoke: (pass: PassCard) => void;
}

export function PassPanel({ id, onClose, onRevoke }: PassPanelProps) {
  const { t } = useTranslation();
  const pass = useQuery({ queryKey: ["passes", "one", id], queryFn: () => getPass(id) });
  return (
    <SidePanel title={pass.data ? t("passes.title", { number: pass.data.number }) : t("passes.pass")} onClose={onClose}>
      {pass.isError && <ProblemNotice error={pass.error} onRetry={() => void pass.refetch()} />}
      {pass.data && <PassDetails pass={pass.data} onRevoke={onRevoke} />}
    </SidePanel>
  );
}

function phoneLink(phone: string | null) {
  return phone && <Anchor href={`tel:${phone}`} fz="inherit">{formatPhone(phone)}</Anchor>;
}

function PassDetails({ pass, onRevoke }: { pass: PassCard; onRevoke: (pass: PassCard) => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const zone = useZoneOf()(pass.site_id);
  const isFinal = pass.state === "revoked" || pass.state === "expired";
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <PassStatus state={pass.state} />
        {may("passes.revoke") && !isFinal && (
          <Button size="xs" variant="default" c="var(--domovoy-denied)" onClick={() => onRevoke(pass)}>
            {t("passes.revoke")}
          </Button>
        )}
      </Group>
      <Group gap="xs">
        {pass.plates.map((plate) => (
          <Plate key={plate} canonical={plate} size="lg" />
        ))}
        {pass.cards.map((card) => (
          <Badge key={card.printed} size="lg" variant="default" tt="none" title={card.keys.join(" ")}>
            {card.printed}
          </Badge>
        ))}
      </Group>
      <Facts
        items={[
          [t("passes.holder"), pass.holder],
          [t("passes.vehicle"), pass.vehicle],
          [t("passes.column.host"), pass.host],
          [t("field.address"), pass.address],
          [t("passes.hostPhone"), phoneLink(pass.host_phone)],
          [t("passes.guestPhone"), phoneLink(pass.phone)],
          [t("passes.kindLabel"), t(`passes.kind.${pass.kind}`)],
          [t("passes.column.service"), pass.service],
          [t("passes.column.ticket"), pass.ticket],
          [t("field.from"), formatDateTime(new Date(pass.valid_from), zone)],
          [t("field.until"), pass.valid_until ? formatDateTime(new Date(pass.valid_until), zone) : t("passes.noEnd")],
          [t("passes.uses"), pass.entries === null ? t("passes.usedFreely", { count: pass.uses }) : t("passes.usedOf", { uses: pass.uses, entries: pass.entries })],
          [t("field.comment"), pass.note],
        ]}
      />
      <History pass={pass} zone={zone} />
    </Stack>
  );
}

function History({ pass, zone }: { pass: PassCard; zone: string | undefined }) {
  const { t } = useTranslation();
  return (
    <Timeline bulletSize={12} lineWidth={2} active={pass.history.length} aria-label={t("passes.history")}>
      {pass.history.map((line, index) => (
        <Timeline.Item key={index} title={t(`passes.change.${line.change}`)}>
          <Text size="sm" c="dimmed">
            <Age at={line.at} zone={zone} />
            {line.actor && ` · ${line.actor}`}
          </Text>
          {line.reason && <Text size="sm">{line.reason}</Text>}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
