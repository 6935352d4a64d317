/** What somebody else changed in the pass while the form was open, field by field. It stands in the form by now. */

import { Alert, Stack, Text } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { formatDateTime } from "@/shared/format/dates";
import type { SiteName } from "@/shared/lookups/sites";
import { useWeekWords } from "@/shared/week/useWeekWords";
import { type ToldWords, weekText } from "@/shared/week/week";
import type { PassCard } from "./api";
import { type Entered, isTyped } from "./draft";

export interface Meeting {
  was: PassCard;
  now: PassCard;
  contested: ReadonlySet<keyof Entered>;
  /** The server's words: who it was, and when. */
  message: string;
}

type Shown = readonly [name: keyof Entered, label: string, value: (pass: PassCard) => string];

function shownFields(t: TFunction, zone: string, sites: readonly SiteName[], words: ToldWords): Shown[] {
  const moment = (at: string | null) => (at ? formatDateTime(new Date(at), zone) : t("passes.noEnd"));
  const cards = (pass: PassCard) => pass.cards.filter((card) => !isTyped(card)).map(({ printed, keys }) => printed || (keys[0] ?? ""));
  return [
    ["siteId", t("passes.site"), (pass) => sites.find(({ id }) => id === pass.site_id)?.name ?? ""],
    ["credentials", t("passes.credential"), (pass) => [...pass.plates, ...cards(pass)].join(", ")],
    ["vehicle", t("passes.vehicle"), (pass) => pass.vehicle],
    ["holder", t("passes.holder"), (pass) => pass.holder],
    ["premises", t("field.address"), (pass) => pass.address],
    ["host", t("passes.column.host"), (pass) => pass.host],
    ["phone", t("passes.guestPhone"), (pass) => pass.phone ?? ""],
    ["document", t("passes.document"), (pass) => pass.document],
    ["kind", t("passes.kindLabel"), (pass) => t(`passes.kind.${pass.kind}`)],
    ["points", t("passes.points"), (pass) => pass.point_names?.join(", ") ?? t("passes.allPoints")],
    ["schedule", t("week.label"), (pass) => weekText(pass.schedule, words)],
    ["direction", t("passes.direction"), (pass) => t(`passes.ways.${pass.direction ?? "both"}`)],
    ["ticket", t("passes.column.ticket"), (pass) => pass.ticket],
    ["from", t("field.from"), (pass) => moment(pass.valid_from)],
    ["until", t("field.until"), (pass) => moment(pass.valid_until)],
    ["entries", t("passes.entries"), (pass) => pass.entries?.toString() ?? ""],
    ["service", t("passes.column.service"), (pass) => pass.service],
    ["note", t("field.comment"), (pass) => pass.note],
  ];
}

export function MeanwhileNotice({ met, zone, sites }: { met: Meeting; zone: string; sites: readonly SiteName[] }) {
  const { t } = useTranslation();
  const words = useWeekWords();
  const changed = shownFields(t, zone, sites, words).filter(([, , value]) => value(met.was) !== value(met.now));
  return (
    <Alert color="yellow" role="alert">
      <Stack gap={4}>
        <Text size="sm" fw={600}>
          {met.message}
        </Text>
        {changed.map(([name, label, value]) => (
          <Text key={name} size="sm" style={{ overflowWrap: "anywhere" }}>
            {label}: {value(met.was) || "—"} → {value(met.now) || "—"}
            {met.contested.has(name) && ` (${t("passes.meanwhile.contested")})`}
          </Text>
        ))}
        <Text size="sm" c="dimmed">
          {t("passes.meanwhile.hint")}
        </Text>
      </Stack>
    </Alert>
  );
}
