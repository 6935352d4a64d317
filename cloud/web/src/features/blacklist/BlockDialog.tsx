/** A plate, a card or a person not to let in. */

import { SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { CredentialField } from "@/shared/credentials/CredentialField";
import type { Credential } from "@/shared/credentials/readings";
import { useSettled } from "@/shared/credentials/useSettled";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { momentInZone } from "@/shared/format/dates";
import { NoSiteDialog } from "@/shared/lookups/NoSiteDialog";
import { type SiteName, useOwnSites } from "@/shared/lookups/sites";
import { block } from "./api";

const WHAT = ["plate", "card", "person"] as const;

interface Entered {
  site_id: string;
  what: (typeof WHAT)[number];
  plate: string;
  /** The card's number as it is typed, and the reading that was chosen. */
  typed: string;
  credentials: Credential[];
  person: string;
  phone: string;
  document: string;
  reason: string;
  /** The last day, `2026-11-22`. */
  until: string | null;
}

const EMPTY: Entered = { site_id: "", what: "plate", plate: "", typed: "", credentials: [], person: "", phone: "", document: "", reason: "", until: null };

const DAY_MS = 86_400_000;

export function BlockDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const sites = useOwnSites();
  if (sites?.length === 0) return <NoSiteDialog title={t("blacklist.addTitle")} onClose={onClose} />;
  return <BlockForm onClose={onClose} sites={sites ?? []} />;
}

/** Fields of what is blocked. */
const PLACED: Record<Entered["what"], readonly string[]> = { plate: ["plate"], card: ["typed", "card"], person: ["person", "phone", "document"] };

function BlockForm({ onClose, sites }: { onClose: () => void; sites: readonly SiteName[] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const settle = useSettled("card");
  const send = async (entered: Entered) => {
    const siteId = entered.site_id || (sites[0]?.id ?? "");
    const zone = sites.find((site) => site.id === siteId)?.time_zone ?? "UTC";
    const end = entered.until ? new Date(momentInZone(entered.until, "00:00", zone).getTime() + DAY_MS) : null;
    const [card] = entered.what === "card" ? await settle(entered) : [];
    return block({
      site_id: siteId,
      ...(entered.what === "plate" ? { plate: entered.plate } : {}),
      ...(entered.what === "card" ? { card: card?.type === "card" ? { text: card.text, key: card.key } : { text: "" } } : {}),
      person: entered.what === "person" ? entered.person : "",
      phone: entered.what === "person" && entered.phone ? entered.phone : null,
      document: entered.what === "person" ? entered.document : "",
      reason: entered.reason,
      until: end?.toISOString() ?? null,
    });
  };
  const draft = useDraft<Entered, unknown>(EMPTY, send, {
    fields: ({ what }) => [...PLACED[what], "reason", "until", ...(sites.length > 1 ? ["site_id"] : [])],
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["blacklist"] });
      onClose();
    },
  });
  const { values, set, patch, error } = draft;
  return (
    <FormDialog title={t("blacklist.addTitle")} draft={draft} submitLabel={t("action.add")} onClose={onClose} isDangerous>
      {sites.length > 1 && (
        <Select
          label={t("passes.site")}
          allowDeselect={false}
          data={sites.map(({ id, name }) => ({ value: id, label: name }))}
          value={values.site_id || (sites[0]?.id ?? null)}
          error={error("site_id")}
          onChange={(id) => id && set("site_id", id)}
        />
      )}
      <SegmentedControl
        aria-label={t("blacklist.what")}
        data={WHAT.map((what) => ({ value: what, label: t(`blacklist.kind.${what}`) }))}
        value={values.what}
        onChange={(what) => set("what", what)}
      />
      {values.what === "card" && (
        <CredentialField
          oneCard={{ label: t("blacklist.kind.card"), withAsterisk: true }}
          credentials={values.credentials}
          typed={values.typed}
          onChange={patch}
          error={error("typed", "credentials") ?? error("card", "typed", "credentials")}
        />
      )}
      {values.what !== "card" && <TextInput key={values.what} data-autofocus required={values.what === "plate" || values.document === ""} label={t(`blacklist.kind.${values.what}`)} {...draft.text(values.what)} />}
      {values.what === "person" && (
        <>
          <TextInput type="tel" label={t("field.phone")} {...draft.text("phone")} />
          <TextInput label={t("blacklist.document")} description={t("blacklist.documentHint")} placeholder={t("form.example.document")} {...draft.text("document")} />
        </>
      )}
      <Textarea
        required
        autosize
        minRows={2}
        label={t("field.reason")}
        {...draft.text("reason")}
      />
      <DatePickerInput
        label={t("blacklist.until")}
        placeholder={t("passes.noEnd")}
        clearable
        valueFormat="DD.MM.YYYY"
        value={values.until}
        error={error("until")}
        onChange={(until) => set("until", until)}
      />
    </FormDialog>
  );
}
