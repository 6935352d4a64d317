/** What is known of a pass, what can be done to it, and what became of it. */

import { Anchor, Badge, Button, Group, Stack, Text, Timeline } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconLink } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatDateTime } from "@/shared/format/dates";
import { formatPhone } from "@/shared/format/numbers";
import { useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { Facts } from "@/shared/ui/Facts";
import { Plate } from "@/shared/ui/Plate";
import { WhoLooked } from "@/shared/ui/WhoLooked";
import { useWeekWords } from "@/shared/week/useWeekWords";
import { weekText } from "@/shared/week/week";
import type { PassCard } from "./api";
import { type ChangedField, changedFields } from "./changes";
import { ChangeDialog, GuestLinkDialog, RefuseDialog, RevokeDialog, useDialogsSoon } from "./dialogs";
import { isTyped } from "./draft";
import { GuardsActs } from "./GuardsActs";
import { ENDED, PassStatus } from "./PassStatus";
import { TypedSecrets } from "./TypedSecrets";
import { useApprove } from "./useApprove";

function phoneLink(phone: string | null) {
  return phone && <Anchor href={`tel:${phone}`} fz="inherit">{formatPhone(phone)}</Anchor>;
}

/** Each card by every number that may be printed on it. */
function cardNumbers({ cards }: PassCard) {
  const told = cards.filter(({ equivalents }) => equivalents.length > 0).map(({ printed, equivalents }) => [printed, ...equivalents].join(" = "));
  return told.length > 0 && told.map((numbers) => <div key={numbers}>{numbers}</div>);
}

/** Where it does not open every one, and its fewer exceptions are not told. */
function openedPoints({ point_names: names, left_out: but }: PassCard) {
  return names !== null && but.length === 0 && (names.join(", ") || "—");
}

export function PassDetails({ pass }: { pass: PassCard }) {
  const { t } = useTranslation();
  const zone = useZoneOf()(pass.site_id);
  const words = useWeekWords();
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <PassStatus state={pass.state} />
        <PassActs pass={pass} />
      </Group>
      <Group gap="xs">
        {pass.plates.map((plate) => (
          <Plate key={plate} canonical={plate} size="lg" />
        ))}
        {pass.cards.filter((card) => !isTyped(card)).map((card) => (
          <Badge key={card.printed} size="lg" variant="default" tt="none" title={card.keys.join(" ")}>
            {card.printed}
          </Badge>
        ))}
      </Group>
      <TypedSecrets pass={pass} />
      <Facts
        items={[
          [t("passes.holder"), pass.holder],
          [t("passes.vehicle"), pass.vehicle],
          [t("passes.column.host"), pass.host],
          [t("field.address"), pass.address],
          [t("passes.hostPhone"), phoneLink(pass.host_phone)],
          [t("passes.guestPhone"), phoneLink(pass.phone)],
          [t("passes.document"), pass.document],
          [t("passes.cardNumbers"), cardNumbers(pass)],
          [t("passes.kindLabel"), t(`passes.kind.${pass.kind}`)],
          [t("passes.column.service"), pass.service],
          [t("week.label"), weekText(pass.schedule, words)],
          [t("passes.points"), openedPoints(pass)],
          [t("passes.direction"), pass.direction && t(`passes.oneWay.${pass.direction}`)],
          [t("passes.column.ticket"), pass.ticket],
          [t("passes.table.group"), pass.group],
          [t("field.from"), formatDateTime(new Date(pass.valid_from), zone)],
          [t("field.until"), pass.valid_until ? formatDateTime(new Date(pass.valid_until), zone) : t("passes.noEnd")],
          [t("passes.uses"), pass.entries === null ? t("passes.usedFreely", { count: pass.uses }) : t("passes.usedOf", { uses: pass.uses, entries: pass.entries })],
          [t("passes.leftOut"), pass.left_out.join(", ")],
          [t("field.comment"), pass.note],
        ]}
      />
      <GuardsActs passId={pass.id} zone={zone} />
      <History pass={pass} zone={zone} />
      <WhoLooked subject={`pass:${pass.id}`} />
    </Stack>
  );
}

function History({ pass, zone }: { pass: PassCard; zone: string | undefined }) {
  const { t } = useTranslation();
  const words = { t, week: useWeekWords(), zone };
  return (
    <Timeline bulletSize={12} lineWidth={2} active={pass.history.length} aria-label={t("passes.history")}>
      {pass.history.map((line, index) => (
        <Timeline.Item key={index} title={t(`passes.change.${line.change}`)}>
          <Text size="sm" c="dimmed">
            <Age at={line.at} zone={zone} />
            {line.actor && ` · ${line.actor}`}
          </Text>
          {line.reason && <Text size="sm">{line.reason}</Text>}
          {line.card && <Text size="sm">{line.card}</Text>}
          {line.changes && <Changes fields={changedFields(line.changes, words)} />}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Changes({ fields }: { fields: readonly ChangedField[] }) {
  const { t } = useTranslation();
  if (fields.length === 0) return <Text size="sm">{t("passes.was.nothing")}</Text>;
  return fields.map(({ name, label, text }) => (
    <Text key={name} size="sm" style={{ overflowWrap: "anywhere" }}>
      <Text span inherit c="dimmed">
        {label}:
      </Text>{" "}
      {text}
    </Text>
  ));
}

/** A pass that has ended is history: nothing can be done to it but see what its guest sees. */
function PassActs({ pass }: { pass: PassCard }) {
  const { t } = useTranslation();
  const may = useMay();
  useDialogsSoon();
  const [act, setAct] = useState<"change" | "revoke" | "refuse" | "link" | null>(null);
  const done = (message: string) => {
    setAct(null);
    notifications.show({ message, color: "teal" });
  };
  const isOver = ENDED.has(pass.state);
  return (
    <Group gap="xs">
      {pass.state === "requested" && may("passes.approve") && <Deciding pass={pass} onRefuse={() => setAct("refuse")} />}
      {may("passes.issue") && pass.state !== "requested" && (
        <Button size="xs" variant={isOver ? "default" : "light"} leftSection={<IconLink size={15} />} onClick={() => setAct("link")}>
          {t("passes.link.button")}
        </Button>
      )}
      {!isOver && may("passes.issue") && (
        <Button size="xs" variant="default" onClick={() => setAct("change")}>
          {t("action.change")}
        </Button>
      )}
      {!isOver && may("passes.revoke") && (
        <Button size="xs" variant="default" c="var(--domovoy-denied)" onClick={() => setAct("revoke")}>
          {t("passes.revoke")}
        </Button>
      )}
      {act === "change" && (
        <ChangeDialog pass={pass} onClose={() => setAct(null)} onChanged={({ number }) => done(t("passes.changed", { number }))} />
      )}
      {act === "link" && <GuestLinkDialog pass={pass} onClose={() => setAct(null)} />}
      {act === "refuse" && <RefuseDialog pass={pass} onClose={() => setAct(null)} onDone={() => done(t("passes.refused", { number: pass.number }))} />}
      {act === "revoke" && <RevokeDialog passes={[pass]} onClose={() => setAct(null)} onDone={(count) => done(t("passes.revoked", { count }))} />}
    </Group>
  );
}

/** A manager's two answers to a request. */
function Deciding({ pass, onRefuse }: { pass: PassCard; onRefuse: () => void }) {
  const { t } = useTranslation();
  const approve = useApprove();
  return (
    <>
      <Button size="xs" loading={approve.isPending} onClick={() => approve.mutate([pass.id])}>
        {t("passes.approve")}
      </Button>
      <Button size="xs" variant="default" onClick={onRefuse}>
        {t("passes.refuse")}
      </Button>
    </>
  );
}
