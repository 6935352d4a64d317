/** Another end or other points for many passes: first what will be refused and why, then the act. */

import { Alert, Input, List, MultiSelect, ScrollArea, SegmentedControl, Text } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { useZoneOf } from "@/shared/lookups/sites";
import { useWeekWords } from "@/shared/week/useWeekWords";
import { WeekField } from "@/shared/week/WeekField";
import { type BulkChanged, changePasses, type PassRow, placesQuery } from "./api";
import { type ManyEntered, manyDraft, placesOf, UNCHANGED, WHEN, WHERE } from "./manyDraft";
import { WhyField } from "./WhyField";

interface ManyDialogProps {
  passes: readonly Pick<PassRow, "id" | "site_id">[];
  onClose: () => void;
  onDone: (count: number) => void;
}

const LIST_HEIGHT = 220;

/** What was judged, and for which change: another is to be judged anew. */
interface Judged {
  asked: string;
  answer: BulkChanged;
}

export function ManyDialog({ passes, onClose, onDone }: ManyDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const weekWords = useWeekWords();
  const zone = useZoneOf()(passes[0]?.site_id ?? "") ?? "UTC";
  const places = useQuery(placesQuery([...new Set(passes.map(({ site_id }) => site_id))].sort()));
  const [judged, setJudged] = useState<Judged | null>(null);
  const [why, setWhy] = useState("");
  const send = async (values: ManyEntered) => {
    const words = { ...weekWords, nothing: t("passes.many.nothing"), noPoint: t("passes.many.noPoint"), noHours: t("passes.many.noHours") };
    const change = manyDraft(values, places.data ?? [], zone, words);
    const asked = JSON.stringify(values);
    const isJudged = judged?.asked === asked && judged.answer.changed > 0;
    const answer = await changePasses({ ids: passes.map(({ id }) => id), ...change, reason: why }, !isJudged);
    return { answer, asked, isDone: isJudged };
  };
  const draft = useDraft<ManyEntered, Awaited<ReturnType<typeof send>>>(UNCHANGED, send, {
    fields: ({ where, when }) => ["valid_until", ...(where === "some" ? ["points"] : []), ...(when === "some" ? ["schedule"] : [])],
    isDone: ({ isDone }) => isDone,
    onDone: ({ answer, asked, isDone }) => {
      if (!isDone) return setJudged({ asked, answer });
      void client.invalidateQueries({ queryKey: ["passes"] });
      onDone(answer.changed);
    },
  });
  const { values, set, error } = draft;
  const shown = judged?.asked === JSON.stringify(values) ? judged.answer : undefined;
  const label = shown?.changed ? t("passes.many.act", { count: shown.changed }) : t("passes.many.check");
  return (
    <FormDialog title={t("passes.many.title", { count: passes.length })} draft={draft} submitLabel={label} onClose={onClose}>
      <DateTimePicker
        data-autofocus
        clearable
        valueFormat="DD.MM.YYYY HH:mm"
        label={t("passes.many.until")}
        placeholder={t("passes.many.sameEnd")}
        description={t("passes.many.hint", { zone })}
        value={values.until}
        error={error("valid_until", "until")}
        onChange={(until) => set("until", until)}
      />
      <Input.Wrapper label={t("passes.many.points")}>
        <SegmentedControl
          fullWidth
          aria-label={t("passes.many.points")}
          data={WHERE.map((where) => ({ value: where, label: t(`passes.many.where.${where}`) }))}
          value={values.where}
          onChange={(where) => set("where", where)}
        />
      </Input.Wrapper>
      {values.where === "some" && (
        <MultiSelect
          searchable
          required
          label={t("passes.many.chosenPoints")}
          description={t("passes.many.zonesHint")}
          nothingFoundMessage={t("list.nothingFound")}
          data={placesOf(places.data ?? [], t("passes.many.zones"))}
          value={values.points}
          error={error("points") ?? places.error?.message}
          onChange={(points) => set("points", points)}
        />
      )}
      <Input.Wrapper label={t("passes.many.hours")} labelElement="div">
        <SegmentedControl
          fullWidth
          aria-label={t("passes.many.hours")}
          data={WHEN.map((when) => ({ value: when, label: when === "any" ? t("passes.many.anyHour") : t(`passes.many.where.${when}`) }))}
          value={values.when}
          onChange={(when) => set("when", when)}
        />
      </Input.Wrapper>
      {values.when === "some" && <WeekField windows={values.schedule} error={error} onChange={(schedule) => set("schedule", schedule)} />}
      <WhyField value={why} onChange={setWhy} />
      {shown && <Verdicts answer={shown} />}
    </FormDialog>
  );
}

function Verdicts({ answer }: { answer: BulkChanged }) {
  const { t } = useTranslation();
  const refused = answer.verdicts.filter((verdict) => verdict.refused !== null);
  return (
    <Alert color={refused.length > 0 ? "yellow" : "teal"} role="status">
      <Text size="sm">{t("passes.many.good", { count: answer.changed })}</Text>
      {refused.length > 0 && (
        <>
          <Text size="sm" mt={4}>
            {t("passes.many.refused", { count: refused.length })}
          </Text>
          <ScrollArea.Autosize mah={LIST_HEIGHT} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("passes.many.refused", { count: refused.length }) }}>
            <List size="sm" spacing={4}>
              {refused.map((verdict) => (
                <List.Item key={verdict.pass_id}>
                  № {verdict.number}: {verdict.refused}
                </List.Item>
              ))}
            </List>
          </ScrollArea.Autosize>
        </>
      )}
    </Alert>
  );
}
