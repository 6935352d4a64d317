/** Approves what is chosen and waits for it, all or none. */

import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { approvePasses, type PassRow } from "./api";

interface ApproveChosenProps {
  rows: readonly Pick<PassRow, "id" | "state">[];
  onDone: () => void;
}

export function ApproveChosen({ rows, onDone }: ApproveChosenProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const waiting = rows.filter(({ state }) => state === "requested").map(({ id }) => id);
  const approve = useMutation({
    mutationFn: () => approvePasses(waiting),
    onSuccess: ({ approved }) => {
      notifications.show({ message: t("passes.approved", { count: approved }), color: "teal" });
      void client.invalidateQueries({ queryKey: ["passes"] });
      onDone();
    },
    onError: (error) => notifications.show({ message: error.message, color: "red" }),
  });
  if (waiting.length === 0) return null;
  return (
    <Button size="xs" loading={approve.isPending} onClick={() => approve.mutate()}>
      {t("passes.approve")} ({waiting.length})
    </Button>
  );
}
