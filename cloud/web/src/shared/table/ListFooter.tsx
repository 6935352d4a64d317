/** How many there are, what could not be loaded, and which columns are shown. */

import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { ListSearch } from "@/shared/api/page";
import { formatNumber } from "@/shared/format/numbers";
import { useProblemText } from "@/shared/ui/Problem";
import { type Column, isLast } from "./columns";
import classes from "./DataTable.module.css";
import type { List } from "./useList";

interface ListFooterProps<Row, S extends ListSearch> {
  list: List<Row, S>;
  columns: readonly Column<Row>[];
  hidden: readonly string[];
  /** Chosen, but left out as long as they hold nothing. */
  blank: readonly Column<Row>[];
  onToggle: (id: string) => void;
  isPhone: boolean;
  bulk: ReactNode;
}

export function ListFooter<Row, S extends ListSearch>({ list, columns, hidden, blank, onToggle, isPhone, bulk }: ListFooterProps<Row, S>) {
  const { t, i18n } = useTranslation();
  const textOf = useProblemText();
  const page = list.pages.get(1);
  const total = page?.total ?? 0;
  const count = formatNumber(total, i18n.language);
  return (
    <Group className={classes["footer"] ?? ""} justify="space-between" gap="sm" mih={36}>
      {bulk}
      <Text size="sm" c="dimmed" aria-live="polite" {...(bulk ? { visibleFrom: "md" } : {})}>
        {page?.total_capped ? t("list.moreThan", { count }) : t("list.total", { count: total, shown: count })}
      </Text>
      {list.error && (
        <Group gap="xs" role="alert">
          <Text size="sm" c="var(--domovoy-denied)">
            {textOf(list.error)}
          </Text>
          <Button size="compact-sm" variant="default" onClick={list.retry}>
            {t("action.retry")}
          </Button>
        </Group>
      )}
      {!isPhone && <ColumnMenu columns={columns} hidden={hidden} blank={blank} onToggle={onToggle} />}
    </Group>
  );
}

type ColumnMenuProps<Row> = Pick<ListFooterProps<Row, ListSearch>, "columns" | "hidden" | "blank" | "onToggle">;

function ColumnMenu<Row>({ columns, hidden, blank, onToggle }: ColumnMenuProps<Row>) {
  const { t } = useTranslation();
  const ids = columns.map(({ id }) => id);
  return (
    <Menu closeOnItemClick={false} position="top-end">
      <Menu.Target>
        <ActionIcon aria-label={t("list.columns")}>
          <IconColumns3 size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("list.columns")}</Menu.Label>
        {columns.map((column) => (
          <Menu.Item key={column.id} component="div" disabled={isLast(ids, hidden, column.id)} onClick={() => onToggle(column.id)}>
            <label className={classes["shown"]}>
              <input type="checkbox" checked={!hidden.includes(column.id)} readOnly tabIndex={-1} />
              {column.title}
              {blank.includes(column) && (
                <Text span size="xs" c="dimmed">
                  {t("list.blank")}
                </Text>
              )}
            </label>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
