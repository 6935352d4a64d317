/** Residents: find, look, add. */

import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconUsers } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { ListSearch } from "@/shared/api/page";
import { formatPhone } from "@/shared/format/numbers";
import { useKeys } from "@/shared/keys/useKeys";
import { useMay } from "@/shared/session/me";
import { BesideList } from "@/shared/table/BesideList";
import type { Column } from "@/shared/table/columns";
import { DataTable } from "@/shared/table/DataTable";
import { FilterBar } from "@/shared/table/FilterBar";
import { useList } from "@/shared/table/useList";
import { Empty } from "@/shared/ui/Empty";
import { later, useSoon } from "@/shared/ui/later";
import { Page } from "@/shared/ui/Page";
import { SidePanelRoom } from "@/shared/ui/SidePanelRoom";
import { listPeople, type PersonRow } from "./api";
import { PersonDialog } from "./PersonDialog";

const load = async () => (await import("./PersonPanel")).PersonPanel;
const PersonPanel = later(load, () => <SidePanelRoom />);

function columns(t: TFunction): Column<PersonRow>[] {
  return [
    { id: "name", title: t("people.name"), sort: "name", isWhole: true, minWidth: 180, phone: "headline", render: (row) => row.name },
    { id: "phones", title: t("field.phone"), phone: "line", width: 190, render: (row) => row.phones.map(formatPhone).join(", ") },
    { id: "premises", isWhole: true, minWidth: 130, grow: 1.5, title: t("field.address"), phone: "line", render: (row) => row.premises.join("; ") },
    { id: "email", title: t("field.email"), isExtra: 720, isWhole: true, minWidth: 110, render: (row) => row.email },
    { id: "note", title: t("field.comment"), isExtra: true, render: (row) => row.note },
  ];
}

export function PeoplePage({ search }: { search: ListSearch }) {
  const { t } = useTranslation();
  const mayManage = useMay()("people.manage");
  const list = useList<PersonRow, ListSearch>({ key: ["people"], search, fetch: listPeople });
  const shown = useMemo(() => columns(t), [t]);
  const [isAdding, adding] = useDisclosure();
  useSoon(load);
  useKeys([["n", () => mayManage && adding.open()]]);
  const add = mayManage && (
    <Button leftSection={<IconPlus size={16} />} onClick={adding.open}>
      {t("add.person")}
    </Button>
  );
  return (
    <Page title={t("section.people")} actions={add}>
      <FilterBar q={search.q} onSearch={(q) => list.change({ q })} placeholder={t("people.searchHint")} />
      <BesideList panel={search.open && <PersonPanel key={search.open} id={search.open} onClose={() => list.change({ open: undefined })} />}>
        <DataTable
          id="people"
          label={t("section.people")}
          list={list}
          columns={shown}
          rowKey={(row) => row.id}
          onOpen={(row) => list.change({ open: row.id })}
          empty={
            <Empty
              icon={<IconUsers size={28} />}
              title={search.q ? t("list.nothingFound") : t("people.none")}
              hint={search.q ? t("list.nothingFoundHint") : t("people.noneHint")}
              action={search.q ? null : add}
            />
          }
        />
      </BesideList>
      {isAdding && (
        <PersonDialog
          onClose={adding.close}
          onSaved={(person) => {
            adding.close();
            list.change({ open: person.id });
          }}
        />
      )}
    </Page>
  );
}
