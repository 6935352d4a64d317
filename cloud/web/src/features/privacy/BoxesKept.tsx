/** What each box told last of what it holds itself. */

import { Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { formatDate } from "@/shared/format/dates";
import { formatNumber } from "@/shared/format/numbers";
import { Age } from "@/shared/ui/Age";
import { ShortTable } from "@/shared/ui/ShortTable";
import { Status } from "@/shared/ui/Status";
import type { BoxStanding } from "./api";

type KnownKind = "passages" | "stills" | "visitors" | "notes" | "violations" | "passes" | "records" | "video";

export function BoxesKept({ boxes }: { boxes: readonly BoxStanding[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" component="section" mt="md">
      <Title order={2} fz={16}>
        {t("retention.boxes")}
      </Title>
      <Text size="sm" c="dimmed">
        {t(boxes.length > 0 ? "retention.boxesHint" : "retention.noBoxes")}
      </Text>
      {boxes.length > 0 && <Boxes boxes={boxes} />}
    </Stack>
  );
}

function Boxes({ boxes }: { boxes: readonly BoxStanding[] }) {
  const { t, i18n } = useTranslation();
  const place = (row: BoxStanding) => `${row.site}, ${row.box}`;
  const kind = (row: BoxStanding) => t(`retention.kind.${row.kind as KnownKind}`);
  const proof = ({ is_late: isLate }: BoxStanding) => <Status tone={isLate ? "attention" : "good"}>{t(isLate ? "retention.boxLate" : "retention.kept")}</Status>;
  return (
    <ShortTable
      label={t("retention.boxes")}
      rows={boxes}
      rowKey={(row) => `${row.box_id}${row.kind}`}
      status={{ show: proof }}
      name={{ title: t("retention.box"), of: (row) => `${place(row)}: ${kind(row)}`, show: place }}
      parts={[
        { title: t("retention.kindLabel"), show: kind, only: "table" },
        { title: t("retention.days"), show: ({ days }) => (days === null ? "—" : formatNumber(days, i18n.language)) },
        { title: t("retention.oldest"), show: ({ oldest, at }) => (oldest ? formatDate(new Date(oldest)) : at ? t("retention.nothing") : "—") },
        { title: t("retention.gone"), show: (row) => (row.at ? <Gone row={row} /> : "—") },
        { title: t("retention.told"), show: ({ at }) => (at ? <Age at={at} /> : t("retention.noRun")) },
        { title: t("retention.proof"), show: proof, only: "table" },
      ]}
    />
  );
}

/** How much went by what the box told last, and up to when that was made. */
function Gone({ row }: { row: BoxStanding }) {
  const { t } = useTranslation();
  if (row.erased === 0) return t("retention.nothingErased");
  const what = t("retention.erased", { count: row.erased });
  return row.erased_until ? t("retention.goneUntil", { what, date: formatDate(new Date(row.erased_until)) }) : what;
}
