/** What is allowed of one kind of pass. */

import { Group, SimpleGrid, Switch, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { NumberField } from "@/shared/form/NumberField";
import { useDraft } from "@/shared/form/useDraft";
import { type Policy, savePolicy } from "./api";
import { entered, HOURS, LIMITS, ORDERED, policyDraft } from "./policyDraft";

interface PolicyDialogProps {
  kind: Policy["kind"];
  policy: Policy | undefined;
  onClose: () => void;
  onSaved: () => void;
}

export function PolicyDialog({ kind, policy, onClose, onSaved }: PolicyDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft(entered(policy, kind), async (values) => savePolicy(policyDraft(kind, values, t("policies.noTime"))), {
    fields: [...LIMITS, ...HOURS, ...(ORDERED.includes(kind) ? ["residents"] : [])],
    onDone: (saved) => {
      const isOther = ({ kind, organisation_id }: Policy) => kind !== saved.kind || organisation_id !== saved.organisation_id;
      client.setQueryData<Policy[]>(["policies"], (known) => known && [...known.filter(isOther), saved]); // opened again, it begins with that
      void client.invalidateQueries({ queryKey: ["policies"] });
      onSaved();
    },
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={t("policies.title", { kind: t(`passes.kind.${kind}`) })} draft={draft} submitLabel={t("action.save")} onClose={onClose} size="lg">
      <Text size="sm" c="dimmed">
        {t("policies.standingStay")}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {LIMITS.map((name) => (
          <NumberField
            key={name}
            label={t(`policies.${name}`)}
            description={t(`policies.${name}_hint`)}
            placeholder={t("policies.noLimit")}
            min={name === "vehicles" ? 0 : 1}
            value={values[name]}
            error={error(name)}
            onChange={(limit) => set(name, limit)}
          />
        ))}
      </SimpleGrid>
      <Group grow align="flex-start">
        {HOURS.map((name) => (
          <TextInput key={name} inputMode="numeric" label={t(`policies.${name}`)} placeholder={t("policies.anyHour")} {...draft.text(name)} />
        ))}
      </Group>
      <Switch
        label={t("policies.approval_switch")}
        description={t("policies.approval_hint")}
        checked={values.approval}
        onChange={(event) => set("approval", event.currentTarget.checked)}
      />
      {ORDERED.includes(kind) && (
        <Switch
          label={t("policies.residents_switch")}
          description={t("policies.residents_hint")}
          checked={values.residents}
          error={error("residents")}
          onChange={(event) => set("residents", event.currentTarget.checked)}
        />
      )}
    </FormDialog>
  );
}
