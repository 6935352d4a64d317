/** A meter is polled no more; what it measured stays. */

import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { type Meter, removeMeter } from "./api";

export function RemoveMeterDialog({ meter, onClose, onDone }: { meter: Meter; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({}, () => removeMeter(meter.id), {
    fields: [],
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["meters"] });
      onDone();
    },
  });
  return (
    <FormDialog title={t("meters.removeTitle", { name: meter.name })} draft={draft} submitLabel={t("meters.remove")} onClose={onClose} isDangerous>
      <Text size="sm">{t("meters.removeHint")}</Text>
    </FormDialog>
  );
}
