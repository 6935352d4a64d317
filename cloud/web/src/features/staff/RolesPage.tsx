/** Roles: what each allows, side by side. */

import { Button, Checkbox, Paper, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { changed, useOptimistic } from "@/shared/api/optimistic";
import { permissionKey } from "@/shared/i18n/permissionKey";
import { useCompany, useMay } from "@/shared/session/me";
import { later, useSoon } from "@/shared/ui/later";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { changeRole, listRoles, type Permission, type Role } from "./api";
import { roleName } from "./roleName";

const load = async () => (await import("./RoleDialog")).RoleDialog;
const RoleDialog = later(load);

export function RolesPage() {
  const { t } = useTranslation();
  const company = useCompany();
  const roles = useQuery({ queryKey: ["roles"], queryFn: listRoles });
  const [isAdding, adding] = useDisclosure();
  const mayManage = useMay()("roles.manage");
  useSoon(load);
  const own = (roles.data?.items ?? []).filter((role) => role.organisation_id === company?.id);
  const add = mayManage && (
    <Button leftSection={<IconPlus size={16} />} onClick={adding.open}>
      {t("staff.addRole")}
    </Button>
  );
  return (
    <Page title={t("section.roles")} actions={add}>
      <Text size="sm" c="dimmed">
        {mayManage ? t("staff.rolesHint") : t("staff.rolesReadOnly")}
      </Text>
      {roles.isError && <ProblemNotice error={roles.error} onRetry={() => void roles.refetch()} />}
      {roles.data && <Matrix roles={own} permissions={roles.data.permissions} mayManage={mayManage} />}
      {isAdding && <RoleDialog onClose={adding.close} />}
    </Page>
  );
}

interface Tick {
  role: Role;
  permission: Permission;
}

/** All permissions are written back: those that the server has now, not those seen a moment ago, and this one turned. */
async function turn({ role, permission }: Tick) {
  const now = (await listRoles()).items.find(({ id }) => id === role.id) ?? role;
  const isAsSeen = now.permissions.includes(permission) === role.permissions.includes(permission);
  return changeRole(role.id, { name: now.name, permissions: isAsSeen ? turned(now, permission) : (now.permissions as Permission[]) });
}

/** The role's permissions with this one added, or taken away. */
function turned(role: Role, permission: Permission): Permission[] {
  const has = role.permissions.includes(permission);
  return (has ? role.permissions.filter((other) => other !== permission) : [...role.permissions, permission]) as Permission[];
}

function Matrix({ roles, permissions, mayManage }: { roles: Role[]; permissions: Permission[]; mayManage: boolean }) {
  const { t } = useTranslation();
  const change = useOptimistic({
    act: turn,
    keys: [["roles"]],
    change: (data, { role, permission }) => changed(data, role.id, (shown) => ({ ...shown, permissions: turned(role, permission) })),
    undone: t("staff.notChanged"),
  });
  return (
    <>
      <Paper withBorder>
        <Table.ScrollContainer minWidth={900}>
          <Table verticalSpacing={4} highlightOnHover aria-label={t("section.roles")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("staff.permission")}</Table.Th>
                {roles.map((role) => (
                  <Table.Th key={role.id} ta="center" title={roleName(role, t)}>
                    {roleName(role, t)}
                    <Text size="xs" c="dimmed">
                      {t("staff.people", { count: role.people })}
                    </Text>
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {permissions.map((permission) => (
                <Table.Tr key={permission}>
                  <Table.Th fw={450}>{t(`permission.${permissionKey(permission)}`)}</Table.Th>
                  {roles.map((role) => (
                    <Table.Td key={role.id}>
                      <Checkbox
                        m="0 auto"
                        w="fit-content"
                        aria-label={`${roleName(role, t)}: ${t(`permission.${permissionKey(permission)}`)}`}
                        checked={role.permissions.includes(permission)}
                        disabled={!mayManage || change.isPending || role.code === "administrator"}
                        onChange={() => change.mutate({ role, permission })}
                      />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </>
  );
}
