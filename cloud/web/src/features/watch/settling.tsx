/** The column in which somebody at the desk says that they have seen a conflict. */

import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useMay } from "@/shared/session/me";
import type { Column } from "@/shared/table/columns";
import { type MadePass, settle, settleVisit, type Visit } from "./api";

export const visitSettling = { list: "visits", isOpen: (row: Visit) => row.conflict !== "" && !row.settled_at, send: (row: Visit) => settleVisit(row.id) };
export const passSettling = { list: "passes", isOpen: (row: MadePass) => row.state === "conflict" && !row.settled_at, send: (row: MadePass) => settle(row.pass_id) };

interface Settling<Row> {
  /** First word of the keys of the lists that show it. */
  list: string;
  isOpen: (row: Row) => boolean;
  send: (row: Row) => Promise<unknown>;
}

export function useSettling<Row>({ list, isOpen, send }: Settling<Row>): Column<Row> {
  const { t } = useTranslation();
  const maySettle = useMay()("passes.issue");
  const client = useQueryClient();
  const { mutate } = useMutation({ mutationFn: send, onSuccess: () => client.invalidateQueries({ queryKey: [list] }) });
  return useMemo<Column<Row>>(
    () => ({
      id: "act",
      title: t("list.actions"),
      isTitleHidden: true,
      width: 130,
      align: "right",
      phone: "line",
      render: (row) =>
        maySettle && isOpen(row) ? (
          <Button size="compact-xs" variant="subtle" onClick={() => mutate(row)}>
            {t("watch.settle")}
          </Button>
        ) : null,
    }),
    [t, maySettle, isOpen, mutate],
  );
}
