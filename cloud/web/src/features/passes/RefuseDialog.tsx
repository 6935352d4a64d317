/** Refusing a request says what becomes of it, and asks why. */

import { Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { type PassRow, refusePasses } from "./api";

interface RefuseDialogProps {
  pass: Pick<PassRow, "id" | "number">;
  onClose: () => void;
  onDone: () => void;
}

export function RefuseDialog({ pass, onClose, onDone }: RefuseDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({ reason: "" }, ({ reason }) => refusePasses([pass.id], reason), {
    fields: ["reason"],
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["passes"] });
      onDone();
    },
  });
  return (
    <FormDialog title={t("passes.refuseTitle", { number: pass.number })} draft={draft} submitLabel={t("passes.refuse")} onClose={onClose} isDangerous>
      <Text size="sm">{t("passes.refuseHint")}</Text>
      <Textarea data-autofocus label={t("field.reason")} required autosize minRows={2} {...draft.text("reason")} />
    </FormDialog>
  );
}
