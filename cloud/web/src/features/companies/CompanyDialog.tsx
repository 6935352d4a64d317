/** A company, made or changed. */

import { Select, Switch, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import { FormDialog } from "@/shared/form/FormDialog";
import { TIME_ZONES } from "@/shared/form/timeZones";
import { useDraft } from "@/shared/form/useDraft";
import type { Language } from "@/shared/i18n";

export type Company = components["schemas"]["Company"];

export function CompanyDialog({ company, onClose }: { company: Company | null; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const initial = {
    name: company?.name ?? "",
    inn: company?.inn ?? "",
    language: company?.language ?? (i18n.language as Language),
    time_zone: company?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    administrators_need_totp: company?.administrators_need_totp ?? false,
  };
  const send = (values: typeof initial) => {
    const body = { ...values, inn: values.inn.trim() || null };
    if (!company) return answer(api.POST("/api/companies", { body }));
    const path = { company_id: company.id };
    return answer(api.PUT("/api/companies/{company_id}", { params: { path, header: { "X-Organisation": company.id } }, body }));
  };
  const draft = useDraft(initial, send, {
    fields: Object.keys(initial),
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["companies"] });
      void client.invalidateQueries({ queryKey: ["me"] });
      onClose();
    },
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={company ? company.name : t("companies.add")} draft={draft} submitLabel={company ? t("action.save") : t("action.create")} onClose={onClose}>
      <TextInput data-autofocus required label={t("field.name")} {...draft.text("name")} />
      <TextInput label={t("companies.inn")} inputMode="numeric" {...draft.text("inn")} />
      <Select
        searchable
        allowDeselect={false}
        label={t("field.timeZone")}
        data={TIME_ZONES}
        value={values.time_zone}
        error={error("time_zone")}
        onChange={(zone) => zone && set("time_zone", zone)}
      />
      <Switch
        label={t("companies.totp")}
        description={t("companies.totpHint")}
        checked={values.administrators_need_totp}
        onChange={(event) => set("administrators_need_totp", event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
