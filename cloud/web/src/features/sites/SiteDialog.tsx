/** A new site, or what is known of one. */

import { Fieldset, Select, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useComplex, useComplexes } from "@/shared/complex/useComplex";
import { FormDialog } from "@/shared/form/FormDialog";
import { NumberField } from "@/shared/form/NumberField";
import { TIME_ZONES } from "@/shared/form/timeZones";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import { useUsualZone } from "@/shared/lookups/sites";
import { saveSite, type Site, UNSENT } from "./api";
import { type Entered, entered, RULES, siteDraft, STALE_PATHS } from "./siteDraft";

const PLACED = ["name", "time_zone", "stale.after_s"];

export function SiteDialog({ site, onClose }: { site?: Site; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const here = useComplex() ?? null;
  const complexes = useComplexes()?.items.filter(({ organisation_id }) => !site || organisation_id === site.organisation_id) ?? [];
  const usual = useUsualZone();
  const initial = entered(site, { time_zone: complexes.find(({ id }) => id === here)?.time_zone ?? usual, complex_id: here });
  const draft = useDraft(initial, (values) => saveSite(site?.id, siteDraft(values, site)), {
    fields: (values) => [...PLACED, ...(values["stale.after_s"] === null ? [] : STALE_PATHS), ...(complexes.length > 0 ? ["complex_id"] : [])],
    onDone: () => {
      for (const list of UNSENT) void client.invalidateQueries({ queryKey: [list] });
      onClose();
    },
  });
  return (
    <FormDialog title={t(site ? "sites.changeSite" : "add.site")} draft={draft} submitLabel={t(site ? "action.save" : "action.create")} onClose={onClose}>
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
          value={draft.values.complex_id}
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
      <StaleFields draft={draft} />
    </FormDialog>
  );
}

const MOST_HOURS = 366 * 24;

/** What a box does that has long not heard from the cloud which passes were revoked. */
function StaleFields<R>({ draft }: { draft: Draft<Entered, R> }) {
  const { t } = useTranslation();
  const hours = draft.values["stale.after_s"];
  return (
    <Fieldset legend={t("sites.stale.title")} p="sm">
      <NumberField
        label={t("sites.stale.after")}
        description={t("sites.stale.afterHint")}
        placeholder={t("never")}
        min={0}
        max={MOST_HOURS}
        isFractional
        value={hours}
        error={draft.error("stale.after_s")}
        onChange={(typed) => draft.set("stale.after_s", typed)}
      />
      {hours !== null && (
        <>
          <Text size="sm" mt="sm" mb={4}>
            {t("sites.stale.then")}
          </Text>
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
            {STALE_PATHS.map((path) => (
              <Select
                key={path}
                label={t(`sites.${path}`)}
                allowDeselect={false}
                data={RULES.map((rule) => ({ value: rule, label: t(`sites.stale.${rule}`) }))}
                value={draft.values[path]}
                error={draft.error(path)}
                onChange={(rule) => rule && draft.set(path, rule)}
              />
            ))}
          </SimpleGrid>
        </>
      )}
    </Fieldset>
  );
}
