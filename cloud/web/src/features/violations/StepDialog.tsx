/** Brings a case into its next state, with the words that go with it. */

import { Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { type NextStep, stepViolation, type Violation } from "./api";

interface StepDialogProps {
  violation: Violation;
  step: NextStep;
  onClose: () => void;
  onDone: (violation: Violation) => void;
}

export function StepDialog({ violation, step, onClose, onDone }: StepDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({ note: "" }, ({ note }) => stepViolation(violation.id, { state: step.state, since: violation.state, note }), {
    fields: ["note"],
    onDone: (changed) => {
      void client.invalidateQueries({ queryKey: ["violations"] });
      onDone(changed);
    },
  });
  const label = t(`violations.step.${step.state}`);
  return (
    <FormDialog title={t("violations.stepTitle", { step: label, number: violation.number })} draft={draft} submitLabel={label} onClose={onClose}>
      {step.state === "charged" && <Text size="sm">{t("violations.chargeHint")}</Text>}
      <Textarea data-autofocus label={t("field.comment")} required={step.needs_note} autosize minRows={3} maxLength={2000} {...draft.text("note")} />
    </FormDialog>
  );
}
