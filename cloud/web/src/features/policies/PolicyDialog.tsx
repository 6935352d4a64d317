/** What is allowed of one kind of pass. */

import { Switch, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { type Policy, savePolicy } from "./api";
import { HoursAndApproval, LimitFields } from "./PolicyFields";
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
  const draft = useDraft(entered(policy, kind), async (values) => savePolicy(policyDraft(kind, values, t("week.noTime"))), {
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
      <LimitFields names={LIMITS} draft={draft} />
      <HoursAndApproval draft={draft} />
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
