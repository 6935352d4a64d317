/** How many there are, which page this is, and which columns are shown. */

import { ActionIcon, Checkbox, Group, Menu, Pagination, Select, Text } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { DEFAULT_PAGE_SIZE, type ListSearch, PAGE_SIZES } from "@/shared/api/page";
import { formatNumber } from "@/shared/format/numbers";
import type { Column } from "./columns";
import type { List } from "./useList";

interface ListFooterProps<Row, S extends ListSearch> {
  list: List<Row, S>;
  columns: readonly Column<Row>[];
  hidden: readonly string[];
  onToggle: (id: string) => void;
  isPhone: boolean;
}

export function ListFooter<Row, S extends ListSearch>(props: ListFooterProps<Row, S>) {
  const { list, columns, hidden, onToggle, isPhone } = props;
  const { t, i18n } = useTranslation();
  const total = list.query.data?.total ?? 0;
  const size = list.search.size ?? DEFAULT_PAGE_SIZE;
  const pages = Math.max(1, Math.ceil(total / size));
  const count = formatNumber(total, i18n.language);
  return (
    <Group justify="space-between" gap="sm" mih={32}>
      <Text size="sm" c="dimmed" aria-live="polite">
        {list.query.data?.total_capped ? t("list.moreThan", { count }) : t("list.total", { count: total, shown: count })}
      </Text>
      {pages > 1 && (
        <Pagination
          size="sm"
          total={pages}
          value={list.search.page ?? 1}
          onChange={(page) => list.change({ page } as Partial<S>)}
          siblings={isPhone ? 0 : 1}
          getControlProps={(control) => ({ "aria-label": t(`list.${control}`) })}
        />
      )}
      {!isPhone && (
        <Group gap="xs">
          <Select
            size="xs"
            w={76}
            aria-label={t("list.pageSize")}
            data={PAGE_SIZES.map(String)}
            value={String(size)}
            allowDeselect={false}
            onChange={(value) => list.change({ size: Number(value) } as Partial<S>)}
          />
          <Menu closeOnItemClick={false} position="top-end">
            <Menu.Target>
              <ActionIcon aria-label={t("list.columns")}>
                <IconColumns3 size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t("list.columns")}</Menu.Label>
              {columns.map((column) => (
                <Menu.Item key={column.id} component="div" onClick={() => onToggle(column.id)}>
                  <Checkbox
                    size="xs"
                    label={column.title}
                    checked={!hidden.includes(column.id)}
                    readOnly
                    tabIndex={-1}
                    style={{ pointerEvents: "none" }}
                  />
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Group>
      )}
    </Group>
  );
}
