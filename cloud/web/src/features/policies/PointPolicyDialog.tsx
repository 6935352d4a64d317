/** Which passes may open one point. */

import { Checkbox, SimpleGrid, Switch, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { showSaved } from "@/shared/api/saved";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { PASS_KINDS } from "@/shared/lookups/passKinds";
import { type PointPolicy, savePointPolicy } from "./api";
import { pointDraft, pointEntered } from "./pointDraft";
import { HoursAndApproval, LimitFields } from "./PolicyFields";
import { HOURS, POINT_LIMITS } from "./policyDraft";

interface PointPolicyDialogProps {
  policy: PointPolicy;
  onClose: () => void;
  onSaved: () => void;
}

export function PointPolicyDialog({ policy, onClose, onSaved }: PointPolicyDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft(pointEntered(policy), async (values) => savePointPolicy(policy.point_id, pointDraft(values, t("week.noTime"))), {
    fields: [...POINT_LIMITS, ...HOURS, "kinds"],
    onDone: (saved) => {
      showSaved(client, ["policies", "points"], saved, "point_id");
      void client.invalidateQueries({ queryKey: ["policies"] });
      onSaved();
    },
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={t("policies.title", { kind: policy.point })} draft={draft} submitLabel={t("action.save")} onClose={onClose} size="lg">
      <Text size="sm" c="dimmed">
        {t("policies.pointHint")}
      </Text>
      <Checkbox.Group
        label={t("policies.kinds")}
        description={t("policies.kinds_hint")}
        value={[...values.kinds]}
        error={error("kinds")}
        onChange={(kinds) => set("kinds", kinds)}
      >
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs" mt="xs" mb={4}>
          {PASS_KINDS.map((kind) => (
            <Checkbox key={kind} value={kind} label={t(`passes.kind.${kind}`)} />
          ))}
        </SimpleGrid>
      </Checkbox.Group>
      <LimitFields names={POINT_LIMITS} draft={draft} />
      <HoursAndApproval draft={draft} />
      <Switch
        label={t("policies.residents_switch")}
        description={t("policies.pointResidents_hint")}
        checked={values.residents}
        onChange={(event) => set("residents", event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
