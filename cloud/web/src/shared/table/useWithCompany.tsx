/** While a list shows several companies, each row says whose it is. */

import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useShowsAll } from "@/shared/api/company";
import { useMe } from "@/shared/session/me";
import type { Column } from "./columns";

export function useWithCompany<Row>(columns: readonly Column<Row>[]): readonly Column<Row>[] {
  const { t } = useTranslation();
  const { companies } = useMe();
  const isOfSeveral = useShowsAll() && companies.length > 1;
  return useMemo(() => {
    if (!isOfSeveral) return columns;
    const name = (row: Row) => companies.find(({ id }) => id === (row as { organisation_id?: string }).organisation_id)?.name ?? "";
    return [...columns, { id: "company", title: t("shell.company"), minWidth: 120, phone: "line", render: name }];
  }, [columns, companies, isOfSeveral, t]);
}
