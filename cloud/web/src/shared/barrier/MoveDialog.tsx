/** An order from afar: says what will happen, asks why (and until when), and tells the box's one answer. */

import { Alert, Button, Group, Loader, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { FormDialog } from "@/shared/form/FormDialog";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import { useReturnFocus } from "@/shared/form/useFocus";
import { formatDateTime, formatTime } from "@/shared/format/dates";
import { minuteOf, timeOf } from "@/shared/format/minutes";
import { useZoneOf } from "@/shared/lookups/sites";
import { Status } from "@/shared/ui/Status";
import { getCommand, type Movable, type Move, nextAt, orderMove } from "./moves";

const ASK_EVERY_MS = 500;
const HOUR_MS = 3_600_000;
const SPANS_H = [0.5, 1, 3, 8] as const;

interface Entered {
  reason: string;
  until: string;
}

interface MoveDialogProps {
  barrier: Movable;
  move: Move;
  onClose: () => void;
}

export function MoveDialog({ barrier, move, onClose }: MoveDialogProps) {
  useReturnFocus();
  const { t } = useTranslation();
  const zone = useZoneOf()(barrier.site_id) ?? "UTC";
  const refuse = (): Promise<never> => {
    const message = t("barrier.noTime");
    return Promise.reject(new Problem({ title: message, status: 422, code: "no_time", fields: [{ path: "until", code: "no_time", message }] }));
  };
  const send = ({ reason, until }: Entered) => {
    if (move !== "hold") return orderMove(barrier.id, move, reason, null);
    const minute = minuteOf(until);
    return typeof minute === "number" ? orderMove(barrier.id, move, reason, nextAt(timeOf(minute), zone, new Date())) : refuse();
  };
  const draft = useDraft({ reason: "", until: move === "hold" ? inHours(1, zone) : "" }, send, { fields: ["reason", "until"] });
  const place = { point: barrier.name, site: barrier.site };
  return (
    <FormDialog title={t(`barrier.title.${move}`, place)} draft={draft} submitLabel={t(`barrier.do.${move}`)} onClose={onClose} isDangerous>
      <Text size="sm">{t(`barrier.hint.${move}`, place)}</Text>
      {move === "hold" && <Until draft={draft} zone={zone} />}
      <Textarea data-autofocus required autosize minRows={2} label={t("field.reason")} {...draft.text("reason")} />
      {draft.result && <Answer commandId={draft.result.id} move={move} />}
    </FormDialog>
  );
}

function inHours(hours: number, zone: string): string {
  return formatTime(new Date(Date.now() + hours * HOUR_MS), zone);
}

function Until<R>({ draft, zone }: { draft: Draft<Entered, R>; zone: string }) {
  const { t, i18n } = useTranslation();
  const minute = minuteOf(draft.values.until);
  const ends = typeof minute === "number" ? formatDateTime(nextAt(timeOf(minute), zone, new Date()), zone) : null;
  const hours = new Intl.NumberFormat(i18n.language);
  return (
    <Stack gap={6}>
      <TextInput w={{ base: "100%", xs: 260 }} required inputMode="numeric" label={t("barrier.until")} description={t("barrier.untilHint", { zone })} {...draft.text("until")} />
      <Group gap={4}>
        {SPANS_H.map((span) => (
          <Button key={span} size="compact-sm" variant="default" onClick={() => draft.set("until", inHours(span, zone))}>
            {t("barrier.span", { hours: hours.format(span) })}
          </Button>
        ))}
      </Group>
      {ends && (
        <Text size="sm" c="dimmed">
          {t("barrier.ends", { at: ends })}
        </Text>
      )}
    </Stack>
  );
}

const KNOWN = [
  "closes_by_itself",
  "no_stop",
  "not_moving",
  "fire_alarm",
  "held_open",
  "in_the_way",
  "way_unknown",
  "cannot_be_held",
  "other_gate",
  "not_ready",
  "not_held",
  "clock_unknown",
  "unknown_target",
  "device",
  "busy",
] as const;

function Answer({ commandId, move }: { commandId: string; move: Move }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const command = useQuery({
    queryKey: ["commands", commandId],
    queryFn: async () => {
      const answered = await getCommand(commandId);
      if (answered.answered_at) for (const list of ["points", "passages"]) void client.invalidateQueries({ queryKey: [list] });
      return answered;
    },
    refetchInterval: ({ state }) => (state.data?.answered_at || state.data?.lapsed_at ? false : ASK_EVERY_MS),
  });
  const { data } = command;
  if (!data?.answered_at && !data?.lapsed_at) {
    return (
      <Alert icon={<Loader size={16} />} role="status">
        {t("barrier.waiting")}
      </Alert>
    );
  }
  const isDone = data.outcome === "done";
  const outcome = (["failed", "refused"] as const).find((known) => known === data.outcome) ?? "expired";
  const why = KNOWN.find((known) => known === data.outcome_reason);
  return (
    <Alert color={isDone ? "teal" : "red"} role="status">
      <Status tone={isDone ? "good" : "bad"}>{isDone ? t(`barrier.done.${move}`) : t(`barrier.outcome.${outcome}`)}</Status>
      {!isDone && why && <Text size="sm">{t(`barrier.why.${why}`)}</Text>}
      {!isDone && data.detail && (!why || why === "device") && (
        <Text fz={11} c="dimmed" lang="en">
          {data.detail}
        </Text>
      )}
    </Alert>
  );
}
