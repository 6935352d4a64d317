/** How long one kind is kept. */

import { Alert, NumberInput, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
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
      <NumberInput
        data-autofocus
        label={t("retention.days")}
        description={t("retention.limits", { least, most })}
        placeholder={t("retention.byDefault", { days: standard })}
        min={least}
        max={most}
        clampBehavior="none"
        allowDecimal={false}
        value={draft.values.days ?? ""}
        error={draft.error(path)}
        onChange={(days) => draft.set("days", typeof days === "number" ? days : null)}
      />
      {wanted < standing.days && (
        <Alert color="orange" variant="light" role="status">
          {t("retention.warning")}
        </Alert>
      )}
    </FormDialog>
  );
}
