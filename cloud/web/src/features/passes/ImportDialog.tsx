/** Passes from a table: choose the file, look at the verdict of each row, then issue what is right. */

import { Alert, Anchor, Checkbox, FileInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { NumberField } from "@/shared/form/NumberField";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import { usePremisesLookup } from "@/shared/lookups";
import { LookupSelect } from "@/shared/lookups/LookupSelect";
import { NoSiteDialog } from "@/shared/lookups/NoSiteDialog";
import { PASS_KINDS } from "@/shared/lookups/passKinds";
import { type SiteName, useOwnSites, useZoneOf } from "@/shared/lookups/sites";
import { Verdicts } from "@/shared/ui/Verdicts";
import { useWeekWords } from "@/shared/week/useWeekWords";
import { type Imported, importPasses } from "./api";
import { CalledCondition, OtherConditions } from "./ConditionFields";
import { CONDITIONS } from "./conditions";
import { atSite } from "./draft";
import { type EnteredTable, emptyTable, importDraft, SAMPLE, tableKindOf, VALIDITY } from "./importDraft";
import { ValidityField } from "./PeriodFields";

interface ImportDialogProps {
  onClose: () => void;
  onIssued: (imported: Imported) => void;
}

const FIELDS = ["file", "group", "site_id", "kind", "premises_id", "valid_from", "valid_until", "entries", "code", ...CONDITIONS];

export function ImportDialog(props: ImportDialogProps) {
  const { t } = useTranslation();
  const sites = useOwnSites();
  if (sites?.length === 0) return <NoSiteDialog title={t("passes.table.title")} onClose={props.onClose} />;
  return <ImportForm {...props} sites={sites ?? []} />;
}

interface Judged {
  of: EnteredTable;
  verdict: Imported;
}

/** `isDone`: the passes were issued, not only judged. */
interface Answered extends Judged {
  isDone: boolean;
}

function ImportForm({ onClose, onIssued, sites }: ImportDialogProps & { sites: SiteName[] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const zoneOf = useZoneOf();
  const words = useWeekWords();
  // The same id until it is issued: a second click, or an answer that was lost, issues nothing twice.
  const id = useRef(crypto.randomUUID());
  const [judged, setJudged] = useState<Judged | null>(null);
  const send = async (entered: EnteredTable): Promise<Answered> => {
    const siteId = entered.siteId || (sites[0]?.id ?? "");
    const common = importDraft(id.current, { ...entered, siteId }, zoneOf(siteId) ?? "UTC", words);
    const isDone = judged?.of === entered && judged.verdict.issued > 0;
    return { of: entered, verdict: await importPasses(entered.file, common, !isDone), isDone };
  };
  const draft = useDraft<EnteredTable, Answered>(emptyTable(), send, {
    fields: sites.length > 1 ? FIELDS : FIELDS.filter((name) => name !== "site_id"),
    isDone: ({ isDone }) => isDone,
    onDone: ({ of, verdict, isDone }) => {
      if (!isDone) return setJudged({ of, verdict });
      void client.invalidateQueries({ queryKey: ["passes"] });
      onIssued(verdict);
    },
  });
  const verdict = judged?.of === draft.values ? judged.verdict : null;
  const label = verdict && verdict.issued > 0 ? t("passes.table.issue", { count: verdict.issued }) : t("passes.table.check");
  return (
    <FormDialog title={t("passes.table.title")} draft={draft} submitLabel={label} onClose={onClose} size="xl">
      <TableFields draft={draft} sites={sites} />
      {verdict && <TableVerdicts verdict={verdict} />}
    </FormDialog>
  );
}

function TableFields({ draft, sites }: { draft: Draft<EnteredTable, Answered>; sites: readonly SiteName[] }) {
  const { t } = useTranslation();
  const { values, set, patch, error } = draft;
  const premisesLookup = usePremisesLookup();
  const siteId = values.siteId || (sites[0]?.id ?? "");
  return (
    <Stack gap="sm">
      <FileInput
        data-autofocus
        required
        label={t("passes.table.file")}
        description={t("passes.table.fileHint")}
        placeholder={t("passes.table.choose")}
        accept=".csv,.xlsx,.xls,.ods,text/csv"
        value={values.file}
        error={error("file")}
        onChange={(file) => set("file", file)}
        clearable
      />
      <Text size="sm">
        <Anchor href={SAMPLE} download={t("passes.table.sampleName")} inherit>
          {t("passes.table.sample")}
        </Anchor>
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput label={t("passes.table.group")} placeholder={t("passes.table.groupExample")} {...draft.text("group")} />
        <Select
          label={t("passes.kindLabel")}
          allowDeselect={false}
          data={PASS_KINDS.map((kind) => ({ value: kind, label: t(`passes.kind.${kind}`) }))}
          value={values.kind}
          error={error("kind")}
          onChange={(kind) => kind && patch(tableKindOf(kind, values))}
        />
        {sites.length > 1 && (
          <Select
            label={t("passes.site")}
            required
            allowDeselect={false}
            data={sites.map(({ id, name }) => ({ value: id, label: name }))}
            value={siteId || null}
            error={error("site_id", "siteId")}
            onChange={(chosen) => chosen && patch(atSite(chosen))}
          />
        )}
        <LookupSelect {...premisesLookup} label={t("field.address")} value={values.premises} error={error("premises_id", "premises")} onChange={(premises) => set("premises", premises)} />
        <NumberField label={t("passes.entries")} description={t("passes.entriesHint")} min={1} value={values.entries} error={error("entries", "kind")} onChange={(entries) => set("entries", entries)} />
      </SimpleGrid>
      <ValidityField choices={VALIDITY} values={values} patch={patch} onChoose={(validity) => patch({ validity })} error={error} />
      <CalledCondition draft={draft} siteId={siteId} />
      <Checkbox label={t("passes.table.code")} checked={values.code} error={error("code")} onChange={(event) => set("code", event.currentTarget.checked)} />
      <OtherConditions draft={draft} siteId={siteId} />
    </Stack>
  );
}

function TableVerdicts({ verdict }: { verdict: Imported }) {
  const { t } = useTranslation();
  const rows = verdict.rows.map((row) => ({
    line: row.line,
    what: [row.plate, row.holder].filter(Boolean).join(", "),
    isGood: row.is_good,
    told: (
      <>
        {row.is_good ? t(row.waits ? "passes.table.willWait" : "passes.table.willIssue") : row.faults.map(({ message }) => message).join(" ")}
        {row.left_out.length > 0 && (
          <Text size="xs" c="dimmed">
            {t("passes.table.leftOut", { points: row.left_out.join(", ") })}
          </Text>
        )}
      </>
    ),
  }));
  const hint = verdict.issued > 0 ? t("passes.table.goodHint", { count: verdict.faulty }) : t("passes.table.noneGood");
  return (
    <Verdicts rows={rows} good={verdict.issued} head={t("passes.column.for")} hint={hint}>
      {verdict.unknown_columns.length > 0 && (
        <Alert color="yellow" role="alert">
          {t("passes.table.unknown", { count: verdict.unknown_columns.length, names: verdict.unknown_columns.join(", ") })}
        </Alert>
      )}
    </Verdicts>
  );
}
