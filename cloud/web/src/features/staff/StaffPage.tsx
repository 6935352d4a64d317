/** Staff: who works here, in which roles. */

import { Badge, Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { ListSearch } from "@/shared/api/page";
import { useKeys } from "@/shared/keys/useKeys";
import { useCompany, useMay } from "@/shared/session/me";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar } from "@/shared/table/FilterBar";
import { useList } from "@/shared/table/useList";
import { Age } from "@/shared/ui/Age";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { Status, type Tone } from "@/shared/ui/Status";
import { later, useSoon } from "@/shared/ui/later";
import { listRoles, listStaff, type StaffRow } from "./api";
import { roleName } from "./roleName";

const loadInviteDialog = async () => (await import("./InviteDialog")).InviteDialog;
const InviteDialog = later(loadInviteDialog);
const loadStaffDialog = async () => (await import("./StaffDialog")).StaffDialog;
const StaffDialog = later(loadStaffDialog);

const TONE: Record<StaffRow["state"], Tone> = { active: "good", invited: "info", suspended: "attention", ended: "quiet" };

function columns(t: TFunction): Column<StaffRow>[] {
  return [
    { id: "name", title: t("staff.name"), sort: "name", isWhole: true, minWidth: 130, phone: "headline", render: (row) => row.name },
    { id: "email", title: t("field.email"), sort: "email", isWhole: true, minWidth: 130, phone: "line", render: (row) => row.email },
    {
      id: "roles",
      title: t("staff.roles"),
      phone: "line",
      render: (row) => (
        <Group gap={4}>
          {row.roles.map((role) => (
            <Badge key={role.id} variant="default" tt="none" fw={500} title={roleName(role, t)} miw="fit-content">
              {roleName(role, t)}
            </Badge>
          ))}
        </Group>
      ),
    },
    { id: "state", title: t("sites.state"), sort: "state", phone: "corner", render: (row) => <Status tone={TONE[row.state]}>{t(`staff.state.${row.state}`)}</Status> },
    { id: "totp", title: t("staff.totp"), render: (row) => (row.has_totp === null ? "—" : row.has_totp ? t("yes") : t("no")) },
    { id: "changed", title: t("passes.column.changed"), sort: "changed", render: (row) => <Age at={row.changed_at} /> },
  ];
}

export function StaffPage({ search }: { search: ListSearch }) {
  const { t } = useTranslation();
  useSoon(loadStaffDialog);
  useSoon(loadInviteDialog);
  const mayManage = useMay()("staff.manage");
  const company = useCompany();
  const list = useList<StaffRow, ListSearch>({ key: ["staff"], search, fetch: listStaff });
  const shown = useMemo(() => columns(t), [t]);
  const roles = useQuery({ queryKey: ["roles"], queryFn: listRoles });
  const [isInviting, inviting] = useDisclosure();
  const [changed, setChanged] = useState<StaffRow | null>(null);
  useKeys([["n", () => mayManage && inviting.open()]]);
  const own = (roles.data?.items ?? []).filter((role) => role.organisation_id === company?.id);
  const add = mayManage && (
    <Button leftSection={<IconPlus size={16} />} onClick={inviting.open}>
      {t("add.colleague")}
    </Button>
  );
  return (
    <Page title={t("section.staff")} actions={add}>
      <FilterBar q={search.q} onSearch={(q) => list.change({ q })} placeholder={t("staff.searchHint")} />
      <DataTable
        id="staff"
        label={t("section.staff")}
        list={list}
        columns={shown}
        rowKey={(row) => row.id}
        {...(mayManage ? { onOpen: setChanged } : {})}
        empty={<Empty icon={<IconUsersGroup size={28} />} title={t("list.nothingFound")} hint={t("list.nothingFoundHint")} />}
      />
      {isInviting && (
        <InviteDialog
          roles={own}
          onClose={inviting.close}
          onInvited={(email) => {
            inviting.close();
            notifications.show({ message: t("staff.invited", { email }), color: "teal" });
          }}
        />
      )}
      {changed && <StaffDialog person={changed} roles={own} onClose={() => setChanged(null)} />}
    </Page>
  );
}
