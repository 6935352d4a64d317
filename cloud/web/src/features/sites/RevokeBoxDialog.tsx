/** Revoking a box is for good: what it says from then on is ignored. */

import { Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { type Box, revokeBox } from "./api";

export function RevokeBoxDialog({ box, onClose }: { box: Box; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({ reason: "" }, ({ reason }) => revokeBox(box.id, reason), {
    fields: ["reason"],
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["boxes"] });
      onClose();
    },
  });
  return (
    <FormDialog title={t("sites.revokeBoxTitle", { box: box.name })} draft={draft} submitLabel={t("sites.revokeBox")} onClose={onClose} isDangerous>
      <Text size="sm">{t("sites.revokeBoxHint")}</Text>
      <Textarea
        data-autofocus
        required
        autosize
        minRows={2}
        label={t("field.reason")}
        {...draft.text("reason")}
      />
    </FormDialog>
  );
}
