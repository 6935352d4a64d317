/** How long one kind is kept. */

import { Alert, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { NumberField } from "@/shared/form/NumberField";
import { useDraft } from "@/shared/form/useDraft";
import { setRetention, type Standing } from "./api";

interface RetentionDialogProps {
  standing: Standing;
  onClose: () => void;
  onSaved: () => void;
}

export function RetentionDialog({ standing, onClose, onSaved }: RetentionDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { kind, least, most, standard } = standing;
  const path = `days.${kind}`;
  const draft = useDraft({ days: standing.own }, ({ days }) => setRetention(kind, days), {
    fields: [path],
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["retention"] });
      onSaved();
    },
  });
  const wanted = draft.values.days ?? standard;
  return (
    <FormDialog title={t("retention.title", { kind: t(`retention.kind.${kind}`) })} draft={draft} submitLabel={t("action.save")} onClose={onClose}>
      <Text size="sm">{t(`retention.about.${kind}`)}</Text>
      <NumberField
        data-autofocus
        label={t("retention.days")}
        description={t("retention.limits", { least, most })}
        placeholder={t("retention.byDefault", { days: standard })}
        min={least}
        max={most}
        value={draft.values.days}
        error={draft.error(path, "days")}
        onChange={(days) => draft.set("days", days)}
      />
      {wanted < standing.days && (
        <Alert color="orange" variant="light" role="status">
          {t("retention.warning")}
        </Alert>
      )}
    </FormDialog>
  );
}
