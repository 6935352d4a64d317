/** A new site, or what is known of one. */

import { Select, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useComplex, useComplexes } from "@/shared/complex/useComplex";
import { FormDialog } from "@/shared/form/FormDialog";
import { TIME_ZONES } from "@/shared/form/timeZones";
import { useDraft } from "@/shared/form/useDraft";
import { saveSite, type Site, type SiteDraft, UNSENT } from "./api";

const FRESH: SiteDraft["stale"] = { after_s: null, residents: "allow", guests: "guard", services: "guard" };

export function SiteDialog({ site, onClose }: { site?: Site; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const here = useComplex() ?? null;
  const complexes = useComplexes()?.items.filter(({ organisation_id }) => !site || organisation_id === site.organisation_id) ?? [];
  const initial: SiteDraft = {
    name: site?.name ?? "",
    time_zone: site?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    complex_id: site ? site.complex_id : here,
    stale: site?.stale ?? FRESH,
  };
  const draft = useDraft(initial, (values) => saveSite(site?.id, values), {
    fields: complexes.length > 0 ? ["name", "time_zone", "complex_id"] : ["name", "time_zone"],
    onDone: () => {
      for (const list of UNSENT) void client.invalidateQueries({ queryKey: [list] });
      onClose();
    },
  });
  return (
    <FormDialog title={t(site ? "sites.changeSite" : "sites.addSite")} draft={draft} submitLabel={t(site ? "action.save" : "action.create")} onClose={onClose}>
      <TextInput
        data-autofocus
        required
        label={t("field.name")}
        placeholder={t("sites.siteExample")}
        {...draft.text("name")}
      />
      {complexes.length > 0 && (
        <Select
          clearable
          searchable
          label={t("shell.complex")}
          description={t("sites.complexHint")}
          placeholder={t("sites.noComplex")}
          data={complexes.map(({ id, name }) => ({ value: id, label: name }))}
          value={draft.values.complex_id ?? null}
          error={draft.error("complex_id")}
          onChange={(id) => draft.set("complex_id", id)}
        />
      )}
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
