/** A new site. */

import { Select, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { TIME_ZONES } from "@/shared/form/timeZones";
import { useDraft } from "@/shared/form/useDraft";
import { createSite } from "./api";

export function SiteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({ name: "", time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }, createSite, {
    fields: ["name", "time_zone"],
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["sites"] });
      onClose();
    },
  });
  return (
    <FormDialog title={t("sites.addSite")} draft={draft} submitLabel={t("action.create")} onClose={onClose}>
      <TextInput
        data-autofocus
        required
        label={t("field.name")}
        placeholder="к/п Афины"
        {...draft.text("name")}
      />
      <Select
        required
        searchable
        label={t("field.timeZone")}
        description={t("sites.zoneHint")}
        data={TIME_ZONES}
        value={draft.values.time_zone}
        error={draft.error("time_zone")}
        onChange={(zone) => zone && draft.set("time_zone", zone)}
      />
    </FormDialog>
  );
}
