/** A colleague's roles and standing. */

import { MultiSelect, SegmentedControl, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { showSaved } from "@/shared/api/saved";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { useMay } from "@/shared/session/me";
import { changeStaff, type Role, type StaffRow } from "./api";
import { GuardSection } from "./GuardSection";
import { roleName } from "./roleName";

interface StaffDialogProps {
  person: StaffRow;
  roles: Role[];
  onClose: () => void;
}

export function StaffDialog({ person, roles, onClose }: StaffDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const may = useMay();
  const initial = { role_ids: person.roles.map((role) => role.id), state: person.state };
  const canSwitch = person.state === "active" || person.state === "suspended";
  const send = async ({ role_ids, state }: typeof initial) => {
    await changeStaff(person.id, { role_ids, ...(canSwitch ? { state } : {}) });
    return { id: person.id, roles: roles.filter(({ id }) => role_ids.includes(id)), state };
  };
  const draft = useDraft(initial, send, {
    fields: ["role_ids"],
    onDone: (saved) => {
      showSaved(client, ["staff"], saved, "id");
      void client.invalidateQueries({ queryKey: ["staff"] });
      onClose();
    },
  });
  const { values, set, error } = draft;
  // As the server has it: a role that is only chosen here gives no right yet.
  const given = roles.filter((role) => initial.role_ids.includes(role.id));
  const isGuard = may("guards.manage") && person.state === "active" && given.some((role) => role.permissions.includes("gate.work"));
  return (
    <FormDialog title={person.name} draft={draft} submitLabel={t("action.save")} onClose={onClose}>
      <Text size="sm" c="dimmed">
        {person.email}
      </Text>
      <MultiSelect
        data-autofocus
        label={t("staff.roles")}
        data={roles.map((role) => ({ value: role.id, label: roleName(role, t) }))}
        value={values.role_ids}
        error={error("role_ids")}
        onChange={(ids) => set("role_ids", ids)}
      />
      {canSwitch && (
        <SegmentedControl
          aria-label={t("sites.state")}
          data={(["active", "suspended"] as const).map((state) => ({ value: state, label: t(`staff.state.${state}`) }))}
          value={values.state}
          onChange={(state) => set("state", state)}
        />
      )}
      {isGuard && <GuardSection id={person.id} />}
      {values.state === "suspended" && <Text size="sm">{t("staff.suspendedHint")}</Text>}
    </FormDialog>
  );
}
