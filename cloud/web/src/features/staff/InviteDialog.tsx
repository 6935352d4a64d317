/** Invite a person by mail. */

import { MultiSelect, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import type { Language } from "@/shared/i18n";
import { invite, type Role } from "./api";
import { roleName } from "./roleName";

interface InviteDialogProps {
  roles: Role[];
  onClose: () => void;
  onInvited: (email: string) => void;
}

export function InviteDialog({ roles, onClose, onInvited }: InviteDialogProps) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const initial = { email: "", name: "", role_ids: [] as string[] };
  const send = async (values: typeof initial) => {
    await invite({ ...values, language: i18n.language as Language });
    return values.email;
  };
  const draft = useDraft(initial, send, {
    fields: ["email", "name", "role_ids"],
    onDone: (email) => {
      void client.invalidateQueries({ queryKey: ["staff"] });
      onInvited(email);
    },
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={t("add.colleague")} draft={draft} submitLabel={t("staff.sendInvitation")} onClose={onClose}>
      <TextInput data-autofocus required label={t("staff.name")} {...draft.text("name")} />
      <TextInput required type="email" label={t("field.email")} {...draft.text("email")} />
      <MultiSelect
        label={t("staff.roles")}
        data={roles.map((role) => ({ value: role.id, label: roleName(role, t) }))}
        value={values.role_ids}
        error={error("role_ids")}
        onChange={(ids) => set("role_ids", ids)}
      />
    </FormDialog>
  );
}
