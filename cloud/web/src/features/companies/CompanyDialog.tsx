/** A company, made or changed. */

import { Alert, Anchor, Select, Switch, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import { FormDialog } from "@/shared/form/FormDialog";
import { TIME_ZONES } from "@/shared/form/timeZones";
import { useDraft } from "@/shared/form/useDraft";
import type { Language } from "@/shared/i18n";
import { useMe } from "@/shared/session/me";

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
  const hasFactor = useMe().totp;
  const [wasTold, setTold] = useState(false);
  const losesRights = values.administrators_need_totp && !company?.administrators_need_totp && !hasFactor;
  const isAsking = losesRights && wasTold;
  const submit: typeof draft.submit = (event) => {
    if (!losesRights || wasTold) return draft.submit(event);
    event?.preventDefault();
    setTold(true);
  };
  const submitLabel = isAsking ? t("companies.totpAnyway") : company ? t("action.save") : t("action.create");
  return (
    <FormDialog title={company ? company.name : t("companies.add")} draft={{ ...draft, submit }} submitLabel={submitLabel} onClose={onClose} isDangerous={isAsking}>
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
      {isAsking && <RightsEnd />}
    </FormDialog>
  );
}

/** To those who demand of themselves what they have not set up. */
function RightsEnd() {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" role="alert">
      <Text size="sm">{t("companies.totpLacking")}</Text>
      <Anchor href="/desk/account" target="_blank" size="sm">
        {t("problem.totpSet")}
      </Anchor>
    </Alert>
  );
}
