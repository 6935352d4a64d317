/** Issuing and changing a pass: what comes (a plate, a card), to whom, when. */

import { Checkbox, Grid, Group, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { showSaved } from "@/shared/api/saved";
import { CredentialField } from "@/shared/credentials/CredentialField";
import { useSettled } from "@/shared/credentials/useSettled";
import { FormDialog } from "@/shared/form/FormDialog";
import { NumberField } from "@/shared/form/NumberField";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import { usePremisesLookup } from "@/shared/lookups";
import { LookupSelect } from "@/shared/lookups/LookupSelect";
import { NoSiteDialog } from "@/shared/lookups/NoSiteDialog";
import { PASS_KINDS } from "@/shared/lookups/passKinds";
import { type SiteName, useOwnSites, useSites, useZoneOf } from "@/shared/lookups/sites";
import { useWeekWords } from "@/shared/week/useWeekWords";
import { changePass, getPass, issuePass, type PassCard } from "./api";
import { CONDITIONS } from "./conditions";
import { CalledCondition, OtherConditions } from "./ConditionFields";
import { atSite, changedDraft, type Entered, emptyPass, enteredOf, kindOf, passDraft, serviceOf, VALIDITY, validityOf } from "./draft";
import { HostField } from "./HostField";
import { type Meeting, MeanwhileNotice } from "./MeanwhileNotice";
import { merged } from "./meanwhile";
import { ValidityField } from "./PeriodFields";
import { WhyField } from "./WhyField";

/** Fields with a place in the form: an error of theirs stands there. The site has one only where there is a choice. */
const PLACED = ["typed", "kind", "plates", "cards", "holder", "vehicle", "premises_id", "host_id", "host", "phone", "document", "service", "valid_from", "valid_until", "entries", "pin", "code", "note", ...CONDITIONS];

interface IssueDialogProps {
  onClose: () => void;
  onIssued: (pass: PassCard) => void;
}

export function IssueDialog(props: IssueDialogProps) {
  const { t } = useTranslation();
  const sites = useOwnSites();
  if (sites?.length === 0) return <NoSiteDialog title={t("passes.issueTitle")} onClose={props.onClose} />;
  return <IssueForm {...props} sites={sites ?? []} />;
}

function IssueForm({ onClose, onIssued, sites }: IssueDialogProps & { sites: SiteName[] }) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const words = useWeekWords();
  // The same id until it is issued: an answer that was lost issues nothing twice.
  const id = useRef(crypto.randomUUID());
  const siteOf = (entered: Entered) => entered.siteId || (sites[0]?.id ?? "");
  const send = (entered: Entered) =>
    issuePass({ id: id.current, ...passDraft({ ...entered, siteId: siteOf(entered) }, zoneOf(siteOf(entered)) ?? "UTC", words) });
  const draft = usePassDraft(emptyPass(t("passes.guestService")), sites, send, { onDone: onIssued });
  return (
    <FormDialog title={t("passes.issueTitle")} draft={draft} submitLabel={t("passes.issue")} onClose={onClose} size="xl">
      <PassFields draft={draft} sites={sites} />
    </FormDialog>
  );
}

interface ChangeDialogProps {
  pass: PassCard;
  onClose: () => void;
  onChanged: (pass: PassCard) => void;
}

export function ChangeDialog({ pass, onClose, onChanged }: ChangeDialogProps) {
  const { t } = useTranslation();
  const zone = useZoneOf()(pass.site_id) ?? "UTC";
  const words = useWeekWords();
  const sites = useSites().filter((site) => site.organisation_id === pass.organisation_id);
  // What the form began from, whatever is drawn beside it by now.
  const [began, setBegan] = useState(pass);
  const [met, setMet] = useState<Meeting | null>(null);
  const [why, setWhy] = useState("");
  const before = enteredOf(began, zone);
  const send = (entered: Entered) => changePass(began.id, changedDraft(began, entered, zone, words), why);
  const meet = async (refused: unknown, entered: Entered) => {
    if (!isChangedMeanwhile(refused)) return null;
    const now = await getPass(began.id);
    const { values, contested } = merged(before, entered, enteredOf(now, zone));
    setBegan(now);
    setMet({ was: began, now, contested, message: refused.message });
    return values;
  };
  const draft = usePassDraft(before, sites, send, { onDone: onChanged, onRefused: meet });
  const isMet = isChangedMeanwhile(draft.failure) && met !== null;
  return (
    <FormDialog
      title={t("passes.changeTitle", { number: pass.number })}
      draft={isMet ? { ...draft, failure: null } : draft}
      submitLabel={t("action.save")}
      onClose={onClose}
      size="xl"
    >
      <PassFields draft={draft} sites={sites} given={before} />
      <WhyField value={why} onChange={setWhy} />
      {isMet && <MeanwhileNotice met={met} zone={zone} sites={sites} />}
    </FormDialog>
  );
}

/** A `Problem` whose change began from a version that stands no more. */
const isChangedMeanwhile = (error: unknown): error is Problem => error instanceof Problem && error.code === "changed_meanwhile";

interface PassDraftOptions {
  onDone: (pass: PassCard) => void;
  onRefused?: (error: unknown, entered: Entered) => Promise<Entered | null>;
}

function usePassDraft(
  initial: Entered,
  sites: readonly SiteName[],
  send: (entered: Entered) => Promise<PassCard>,
  { onDone, ...options }: PassDraftOptions,
): Draft<Entered, PassCard> {
  const client = useQueryClient();
  const settle = useSettled();
  const sendAll = async (entered: Entered) => send({ ...entered, credentials: await settle(entered) });
  return useDraft<Entered, PassCard>(initial, sendAll, {
    ...options,
    fields: sites.length > 1 ? [...PLACED, "site_id"] : PLACED,
    onDone: (pass) => {
      showSaved(client, ["passes", "one"], pass, "id");
      void client.invalidateQueries({ queryKey: ["passes"] });
      onDone(pass);
    },
  });
}

interface PassFieldsProps {
  draft: Draft<Entered, PassCard>;
  sites: readonly SiteName[];
  /** What of PIN and code the pass has already. */
  given?: Given;
}

function PassFields({ draft, sites, given = NOTHING }: PassFieldsProps) {
  const { t } = useTranslation();
  const { values, set, patch, error } = draft;
  const premisesLookup = usePremisesLookup();
  const siteId = values.siteId || (sites[0]?.id ?? "");
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <Stack gap="sm">
          <CredentialField
            credentials={values.credentials}
            typed={values.typed}
            onChange={patch}
            error={error("typed", "credentials") ?? error("plates", "typed", "credentials") ?? error("cards", "typed", "credentials")}
          />
          <TextInput
            label={t("passes.vehicle")}
            placeholder="KIA RIO"
            {...draft.text("vehicle")}
          />
          <TextInput
            label={t("passes.holder")}
            {...draft.text("holder")}
          />
          <LookupSelect
            {...premisesLookup}
            label={t("field.address")}
            value={values.premises}
            error={error("premises_id", "premises")}
            onChange={(premises) => patch({ premises, host: null })}
          />
          <HostField draft={draft} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <Stack gap="sm">
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
          <Select
            label={t("passes.kindLabel")}
            allowDeselect={false}
            data={PASS_KINDS.map((kind) => ({ value: kind, label: t(`passes.kind.${kind}`) }))}
            value={values.kind}
            error={error("kind")}
            onChange={(kind) => kind && patch({ ...kindOf(kind, values), service: serviceOf(kind, values.service, t("passes.guestService")) })}
          />
          <ValidityField choices={VALIDITY} values={values} patch={patch} onChoose={(choice) => patch(validityOf(choice, values))} error={error} />
          <CalledCondition draft={draft} siteId={siteId} />
          <NumberField
            label={t("passes.entries")}
            description={t("passes.entriesHint")}
            min={1}
            value={values.entries}
            error={error("entries", "validity")}
            onChange={(entries) => set("entries", entries)}
          />
          <TypedFields draft={draft} given={given} />
          <TextInput
            label={t("passes.column.service")}
            {...draft.text("service")}
          />
          <Textarea
            label={t("field.comment")}
            autosize
            minRows={1}
            maxRows={4}
            {...draft.text("note")}
          />
          <OtherConditions draft={draft} siteId={siteId} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

type Given = Pick<Entered, "pin" | "code">;
const NOTHING: Given = { pin: false, code: false };

/** Ways in for a guest who has neither card nor plate; what was given once stays. */
function TypedFields({ draft, given }: { draft: Draft<Entered, PassCard>; given: Given }) {
  const { t } = useTranslation();
  return (
    <Group gap="lg" align="flex-start">
      {(["pin", "code"] as const).map((name) => (
        <Checkbox
          key={name}
          label={t(`passes.typed.${name}`)}
          description={given[name] ? t("passes.typed.stays") : t(`passes.typed.${name}Hint`)}
          checked={draft.values[name]}
          disabled={given[name]}
          error={draft.error(name)}
          onChange={(event) => draft.set(name, event.currentTarget.checked)}
        />
      ))}
    </Group>
  );
}
