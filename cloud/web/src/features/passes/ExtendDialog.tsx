/** Extends many passes: first what will be refused and why, then the act. */

import { Alert, List, ScrollArea, Text } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { momentInZone } from "@/shared/format/dates";
import { useZoneOf } from "@/shared/lookups/sites";
import { type BulkChanged, extendPasses, type PassRow } from "./api";

interface ExtendDialogProps {
  passes: readonly Pick<PassRow, "id" | "site_id">[];
  onClose: () => void;
  onDone: (count: number) => void;
}

const LIST_HEIGHT = 220;

/** What was judged, and for which end: another end is to be judged anew. */
interface Judged {
  until: string | null;
  answer: BulkChanged;
}

export function ExtendDialog({ passes, onClose, onDone }: ExtendDialogProps) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const zone = useZoneOf()(passes[0]?.site_id ?? "") ?? "UTC";
  const [judged, setJudged] = useState<Judged | null>(null);
  const send = async ({ until }: { until: string | null }) => {
    if (until === null) {
      const message = t("passes.extend.untilNeeded");
      throw new Problem({ title: message, status: 422, code: "end_needed", fields: [{ path: "valid_until", code: "end_needed", message }] });
    }
    const [day = "", time = ""] = until.split(" ");
    const isJudged = judged?.until === until;
    const answer = await extendPasses(passes.map(({ id }) => id), momentInZone(day, time.slice(0, 5), zone), !isJudged);
    return { answer, until, isDone: isJudged };
  };
  const draft = useDraft<{ until: string | null }, Awaited<ReturnType<typeof send>>>({ until: null }, send, {
    fields: ["valid_until"],
    onDone: ({ answer, until, isDone }) => {
      if (!isDone) return setJudged({ until, answer });
      void client.invalidateQueries({ queryKey: ["passes"] });
      onDone(answer.changed);
    },
  });
  const { values, set, error } = draft;
  const shown = judged && judged.until === values.until ? judged.answer : undefined;
  const label = shown ? t("passes.extend.act", { count: shown.changed }) : t("passes.extend.check");
  return (
    <FormDialog title={t("passes.extend.title", { count: passes.length })} draft={draft} submitLabel={label} onClose={onClose}>
      <DateTimePicker
        data-autofocus
        required
        valueFormat="DD.MM.YYYY HH:mm"
        locale={i18n.language}
        firstDayOfWeek={1}
        label={t("field.until")}
        description={t("passes.extend.hint", { zone })}
        value={values.until}
        error={error("valid_until")}
        onChange={(until) => set("until", until)}
      />
      {shown && <Verdicts answer={shown} />}
    </FormDialog>
  );
}

function Verdicts({ answer }: { answer: BulkChanged }) {
  const { t } = useTranslation();
  const refused = answer.verdicts.filter((verdict) => verdict.refused !== null);
  return (
    <Alert color={refused.length > 0 ? "yellow" : "teal"} role="status">
      <Text size="sm">{t("passes.extend.good", { count: answer.changed })}</Text>
      {refused.length > 0 && (
        <>
          <Text size="sm" mt={4}>
            {t("passes.extend.refused", { count: refused.length })}
          </Text>
          <ScrollArea.Autosize mah={LIST_HEIGHT} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("passes.extend.refused", { count: refused.length }) }}>
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
