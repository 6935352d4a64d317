/** A new role: its name, before what it allows. */

import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { createRole } from "./api";

export function RoleDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({ name: "" }, ({ name }) => createRole({ name, permissions: [] }), {
    fields: ["name"],
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["roles"] });
      onClose();
    },
  });
  return (
    <FormDialog title={t("staff.addRole")} draft={draft} submitLabel={t("action.create")} onClose={onClose}>
      <TextInput
        data-autofocus
        required
        label={t("field.name")}
        {...draft.text("name")}
      />
    </FormDialog>
  );
}
