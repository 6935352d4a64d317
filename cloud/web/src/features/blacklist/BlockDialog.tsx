/** A plate, a card or a person not to let in. */

import { SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

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
  text: string;
  phone: string;
  reason: string;
  /** The last day, `2026-11-22`. */
  until: string | null;
}

const DAY_MS = 86_400_000;

export function BlockDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const sites = useOwnSites();
  if (sites?.length === 0) return <NoSiteDialog title={t("blacklist.addTitle")} onClose={onClose} />;
  return <BlockForm onClose={onClose} sites={sites ?? []} />;
}

/** Fields with a place in the form; the site has one only where there is a choice. */
const PLACED = ["plate", "card", "person", "phone", "reason", "until"];

function BlockForm({ onClose, sites }: { onClose: () => void; sites: readonly SiteName[] }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const send = (entered: Entered) => {
    const siteId = entered.site_id || (sites[0]?.id ?? "");
    const zone = sites.find((site) => site.id === siteId)?.time_zone ?? "UTC";
    const end = entered.until ? new Date(momentInZone(entered.until, "00:00", zone).getTime() + DAY_MS) : null;
    return block({
      site_id: siteId,
      plate: entered.what === "plate" ? entered.text : null,
      card: entered.what === "card" ? { text: entered.text } : null,
      person: entered.what === "person" ? entered.text : "",
      phone: entered.what === "person" && entered.phone ? entered.phone : null,
      reason: entered.reason,
      until: end?.toISOString() ?? null,
    });
  };
  const draft = useDraft<Entered, unknown>({ site_id: "", what: "plate", text: "", phone: "", reason: "", until: null }, send, {
    fields: sites.length > 1 ? [...PLACED, "site_id"] : PLACED,
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["blacklist"] });
      onClose();
    },
  });
  const { values, set, error } = draft;
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
      <TextInput
        data-autofocus
        required
        label={t(`blacklist.kind.${values.what}`)}
        value={values.text}
        error={error(values.what)}
        onChange={(event) => set("text", event.currentTarget.value)}
      />
      {values.what === "person" && (
        <TextInput type="tel" label={t("field.phone")} {...draft.text("phone")} />
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
        locale={i18n.language}
        firstDayOfWeek={1}
        value={values.until}
        error={error("until")}
        onChange={(until) => set("until", until)}
      />
    </FormDialog>
  );
}
