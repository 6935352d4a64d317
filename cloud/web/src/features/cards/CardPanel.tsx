/** One card beside the list: with whom it is, what can be done, and what became of it. */

import { Anchor, Button, Group, Stack, Text, Timeline } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatDateTime } from "@/shared/format/dates";
import { formatPhone } from "@/shared/format/numbers";
import { useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { Facts } from "@/shared/ui/Facts";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { ProblemNotice } from "@/shared/ui/Problem";
import { SidePanel } from "@/shared/ui/SidePanel";
import { type Card, cardQuery, type CardState } from "./api";
import { CardStatus } from "./CardStatus";
import { holderOf, nameOf } from "./columns";
import { GiveDialog, LabelDialog, MoveDialog } from "./dialogs";
import type { Act } from "./MoveDialog";

export function CardPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const card = useQuery(cardQuery(id));
  return (
    <SidePanel title={card.data ? nameOf(card.data) : t("cards.card")} onClose={onClose}>
      {card.isError && <ProblemNotice error={card.error} onRetry={() => void card.refetch()} />}
      {card.data && <Details card={card.data} />}
    </SidePanel>
  );
}

function Details({ card }: { card: Card }) {
  const { t } = useTranslation();
  const zone = useZoneOf()(card.site_id ?? "");
  const moment = (at: string | null) => at && formatDateTime(new Date(at), zone);
  return (
    <Stack gap="md">
      <CardStatus state={card.state} />
      <Acts card={card} />
      <Facts
        items={[
          [t(card.state === "lost" ? "cards.lostBy" : "cards.column.holder"), card.pass_id && <HolderLink card={card} />],
          [t("field.address"), card.address],
          [t("field.phone"), card.phone && <Anchor href={`tel:${card.phone}`} fz="inherit">{formatPhone(card.phone)}</Anchor>],
          [t("cards.column.since"), moment(card.since)],
          [t("cards.column.by"), card.by],
          [t("cards.column.due"), moment(card.due_at)],
          [t("cards.deposit"), card.deposit],
          [t("cards.column.format"), t(`passes.format.${card.format as "EM4100"}`, { defaultValue: card.format })],
          [t("cards.key"), card.key],
        ]}
      />
      <History card={card} zone={zone} />
    </Stack>
  );
}

function HolderLink({ card }: { card: Card }) {
  return (
    <LinkAnchor to="/desk/passes/$passId" params={{ passId: card.pass_id ?? "" }} fz="inherit">
      {holderOf(card)}
    </LinkAnchor>
  );
}

/** What can be done with a card, the usual first. */
const ACTS: Record<CardState, readonly (Act | "give")[]> = {
  stock: ["give", "lost", "destroy"],
  given: ["return", "lost", "destroy"],
  overdue: ["return", "lost", "destroy"],
  lost: ["found", "destroy"],
  destroyed: ["found"],
};

function Acts({ card }: { card: Card }) {
  const { t } = useTranslation();
  const may = useMay();
  const [act, setAct] = useState<Act | "give" | "label" | null>(null);
  if (!may("passes.issue")) return null;
  const close = () => setAct(null);
  const done = (message: string) => {
    close();
    notifications.show({ message, color: "teal" });
  };
  return (
    <Group gap="xs">
      {ACTS[card.state].map((each, place) => (
        <Button key={each} size="xs" variant={place === 0 ? "filled" : "default"} onClick={() => setAct(each)}>
          {each === "give" ? t("cards.give") : t(`cards.act.${each}`)}
        </Button>
      ))}
      <Button size="xs" variant="subtle" onClick={() => setAct("label")}>
        {t("cards.rename")}
      </Button>
      {act === "give" && <GiveDialog card={card} onClose={close} onDone={(given) => done(t("cards.given", { holder: holderOf(given) }))} />}
      {act === "label" && <LabelDialog card={card} onClose={close} onDone={close} />}
      {act !== null && act !== "give" && act !== "label" && (
        <MoveDialog card={card} act={act} onClose={close} onDone={(moved) => done(t(`cards.act.${act}Done`, { card: nameOf(moved) }))} />
      )}
    </Group>
  );
}

function History({ card, zone }: { card: Card; zone: string | undefined }) {
  const { t } = useTranslation();
  return (
    <Timeline bulletSize={12} lineWidth={2} active={card.history.length} aria-label={t("cards.history")}>
      {card.history.map((line, index) => (
        <Timeline.Item key={index} title={t(`cards.change.${line.change}`)}>
          <Text size="sm" c="dimmed">
            <Age at={line.at} zone={zone} />
            {line.actor && ` · ${line.actor}`}
          </Text>
          {[line.holder, line.deposit && t("cards.depositOf", { deposit: line.deposit }), line.note].filter(Boolean).map((words, place) => (
            <Text key={place} size="sm">
              {words}
            </Text>
          ))}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
