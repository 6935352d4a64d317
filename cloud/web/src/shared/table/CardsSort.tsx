/** The order of cards, which have no heads to press. */

import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Column } from "./columns";

interface CardsSortProps<Row> {
  columns: readonly Column<Row>[];
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
}

export function CardsSort<Row>({ columns, sort, onSort }: CardsSortProps<Row>) {
  const { t } = useTranslation();
  const sorts = columns.flatMap(({ sort: name, title }) => (name === undefined ? [] : [{ name, title }]));
  if (sorts.length === 0) return null;
  const data = [
    { value: "", label: t("list.usualOrder") },
    ...sorts.flatMap(({ name, title }) => [
      { value: name, label: `${title} ↑` },
      { value: `-${name}`, label: `${title} ↓` },
    ]),
  ];
  return <NativeSelect aria-label={t("list.order")} data={data} value={sort ?? ""} onChange={(event) => onSort(event.currentTarget.value || undefined)} />;
}
