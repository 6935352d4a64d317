/** A box of cards into stock: the list is pasted, each line is judged, then what is right is added. */

import { Select, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { Verdicts } from "@/shared/ui/Verdicts";
import { importCards, type Stocked } from "./api";
import { linesOf, only } from "./cardLines";

interface Entered {
  typed: string;
  readAs: string | null;
}

/** `lines`: where what was judged stands in the text, in the order in which it was sent. */
interface Judged {
  of: Entered;
  lines: number[];
  verdict: Stocked;
}

const ROWS = 8;

export function ManyCardsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [judged, setJudged] = useState<Judged | null>(null);
  const [added, setAdded] = useState(0);
  const send = async (entered: Entered): Promise<Judged> => {
    const lines = linesOf(entered.typed);
    const isJudged = judged?.of === entered && judged.verdict.added > 0;
    const verdict = await importCards([...lines.values()], entered.readAs, !isJudged);
    return { of: entered, lines: [...lines.keys()], verdict };
  };
  const draft = useDraft<Entered, Judged>({ typed: "", readAs: null }, send, {
    fields: ["cards", "read_as"],
    isDone: ({ verdict }) => verdict.rows.every((row) => row.card_id !== null),
    onDone: (answered) => {
      const { verdict, lines, of } = answered;
      if (!verdict.rows.some((row) => row.card_id !== null)) {
        setJudged(answered);
        return;
      }
      void client.invalidateQueries({ queryKey: ["cards"] });
      setJudged(null);
      if (verdict.faulty === 0) {
        notifications.show({ message: t("cards.many.added", { count: added + verdict.added }), color: "teal" });
        onClose();
        return;
      }
      setAdded(added + verdict.added);
      draft.patch({ typed: only(of.typed, new Set(verdict.rows.flatMap((row, index) => (row.card_id ? [] : [lines[index] ?? 0])))) });
    },
  });
  const { values, set, error } = draft;
  const current = judged?.of === values ? judged : null;
  const count = current?.verdict.added ?? 0;
  const choices = current?.verdict.choices ?? [];
  const ways = values.readAs !== null && !choices.includes(values.readAs) ? [...choices, values.readAs] : choices;
  return (
    <FormDialog title={t("cards.many.title")} draft={draft} submitLabel={count > 0 ? t("cards.many.add", { count }) : t("passes.table.check")} onClose={onClose} size="xl">
      <Textarea
        data-autofocus
        label={t("cards.many.lines")}
        description={t("cards.many.linesHint")}
        placeholder={t("cards.many.example")}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        required
        autosize
        minRows={ROWS}
        maxRows={ROWS}
        value={values.typed}
        error={error("cards", "typed")}
        onChange={(event) => set("typed", event.currentTarget.value)}
      />
      {added > 0 && (
        <Text size="sm" role="status">
          {t("cards.many.rest", { count: added })}
        </Text>
      )}
      {ways.length > 0 && (
        <Select
          label={t("cards.many.readAs")}
          description={t("cards.many.readAsHint")}
          placeholder={t("cards.many.choose")}
          clearable
          data={ways.map((way) => ({ value: way, label: t(`passes.format.${way as "EM4100"}`, { defaultValue: way }) }))}
          value={values.readAs}
          error={error("read_as", "readAs")}
          onChange={(readAs) => set("readAs", readAs)}
        />
      )}
      {current && <CardVerdicts {...current} />}
    </FormDialog>
  );
}

function CardVerdicts({ verdict, lines }: Judged) {
  const { t } = useTranslation();
  const rows = verdict.rows.map((row, index) => ({
    line: lines[index] ?? row.line,
    what: [row.text, row.label].filter(Boolean).join(", "),
    isGood: row.key !== null,
    told:
      row.key === null
        ? row.faults.map(({ message }) => message).join(" ")
        : t("cards.many.willAdd", { format: t(`passes.format.${row.format as "EM4100"}`, { defaultValue: row.format ?? "" }) }),
  }));
  const hint = verdict.added > 0 ? t("cards.many.goodHint") : t("cards.many.noneGood");
  return <Verdicts rows={rows} good={verdict.added} head={t("cards.card")} hint={hint} />;
}
