/** Where a point's barrier stands, and who has it held open until when. */

import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { formatDateTime, formatTime, isoDay } from "@/shared/format/dates";
import { Status, type Tone } from "@/shared/ui/Status";
import type { BarrierPosition, Movable } from "./moves";

const TONE: Record<BarrierPosition, Tone> = {
  closed: "quiet",
  opening: "info",
  open: "good",
  closing: "info",
  stopped: "attention",
  forced: "bad",
  blocked: "bad",
  unknown: "attention",
};

interface BarrierNowProps {
  barrier: Pick<Movable, "position" | "hold">;
  zone: string | undefined;
}

export function BarrierNow({ barrier: { position, hold }, zone }: BarrierNowProps) {
  const { t } = useTranslation();
  if (!position && !hold) return null;
  return (
    <Stack gap={2}>
      {position && <Status tone={TONE[position]}>{t(`barrier.position.${position}`)}</Status>}
      {hold && (
        <div data-held>
          <Status tone="attention">{t("barrier.heldUntil", { until: shortly(new Date(hold.until), zone) })}</Status>
          <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {hold.person}: {hold.reason}
          </Text>
        </div>
      )}
    </Stack>
  );
}

/** The time alone when it is of today. */
export function shortly(at: Date, zone: string | undefined): string {
  return isoDay(at, zone) === isoDay(new Date(), zone) ? formatTime(at, zone) : formatDateTime(at, zone);
}
