/** Issuing and changing a pass: what comes (a plate, a card), to whom, when. */

import { Grid, NumberInput, Select, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import { findPremises } from "@/shared/lookups";
import { LookupSelect } from "@/shared/lookups/LookupSelect";
import { useSites, useZoneOf } from "@/shared/lookups/sites";
import { changePass, issuePass, type PassCard, type PassKind } from "./api";
import { CredentialField } from "./CredentialField";
import { changedDraft, type Entered, emptyPass, enteredOf, passDraft, VALIDITY, validityOf } from "./draft";
import { HostField } from "./HostField";
import { PeriodFields } from "./PeriodFields";

const KINDS: readonly PassKind[] = ["guest", "recurring", "resident", "staff", "service", "contractor"];
const PLACED = ["site_id", "kind", "plates", "cards", "holder", "vehicle", "premises_id", "host_id", "host", "phone", "service", "valid_from", "valid_until", "entries", "note"];

interface IssueDialogProps {
  onClose: () => void;
  onIssued: (pass: PassCard) => void;
}

export function IssueDialog({ onClose, onIssued }: IssueDialogProps) {
  const { t } = useTranslation();
  const zoneOf = useZoneOf();
  const sites = useSites();
  const send = (entered: Entered) => issuePass(passDraft(entered, zoneOf(entered.siteId) ?? "UTC"));
  const draft = usePassDraft(emptyPass(t("passes.guestService")), send, onIssued);
  const { siteId } = draft.values;
  const onlySite = sites[0];
  useEffect(() => {
    if (!siteId && onlySite) draft.patch({ siteId: onlySite.id });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the sites come
  }, [onlySite]);
  return (
    <FormDialog title={t("passes.issueTitle")} draft={draft} submitLabel={t("passes.issue")} onClose={onClose} size="xl">
      <PassFields draft={draft} />
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
  const draft = usePassDraft(enteredOf(pass, zone), (entered) => changePass(pass.id, changedDraft(pass, entered, zone)), onChanged);
  return (
    <FormDialog title={t("passes.changeTitle", { number: pass.number })} draft={draft} submitLabel={t("action.save")} onClose={onClose} size="xl">
      <PassFields draft={draft} />
    </FormDialog>
  );
}

function usePassDraft(initial: Entered, send: (entered: Entered) => Promise<PassCard>, onDone: (pass: PassCard) => void): Draft<Entered, PassCard> {
  const client = useQueryClient();
  return useDraft<Entered, PassCard>(initial, send, {
    fields: PLACED,
    onDone: (pass) => {
      void client.invalidateQueries({ queryKey: ["passes"] });
      onDone(pass);
    },
  });
}

function PassFields({ draft }: { draft: Draft<Entered, PassCard> }) {
  const { t } = useTranslation();
  const sites = useSites();
  const { values, set, patch, error } = draft;
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <Stack gap="sm">
          <CredentialField
            credentials={values.credentials}
            onChange={(credentials) => set("credentials", credentials)}
            error={error("plates") ?? error("cards")}
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
            queryKey={["premises"]}
            find={findPremises}
            label={t("field.address")}
            value={values.premises}
            error={error("premises_id")}
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
              value={values.siteId}
              error={error("site_id")}
              onChange={(siteId) => siteId && set("siteId", siteId)}
            />
          )}
          <Select
            label={t("passes.kindLabel")}
            allowDeselect={false}
            data={KINDS.map((kind) => ({ value: kind, label: t(`passes.kind.${kind}`) }))}
            value={values.kind}
            error={error("kind")}
            onChange={(kind) => kind && set("kind", kind)}
          />
          <SegmentedControl
            aria-label={t("passes.validity")}
            data={VALIDITY.map((choice) => ({ value: choice, label: t(`passes.valid.${choice}`) }))}
            value={values.validity}
            onChange={(choice) => patch(validityOf(choice))}
          />
          {values.validity === "period" && <PeriodFields draft={draft} />}
          <NumberInput
            label={t("passes.entries")}
            description={t("passes.entriesHint")}
            min={1}
            allowDecimal={false}
            value={values.entries ?? ""}
            error={error("entries")}
            onChange={(entries) => set("entries", typeof entries === "number" ? entries : null)}
          />
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
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
