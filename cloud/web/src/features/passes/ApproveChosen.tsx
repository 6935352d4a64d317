/** Approves what is chosen and waits for it, all or none. */

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { PassRow } from "./api";
import { useApprove } from "./useApprove";

interface ApproveChosenProps {
  rows: readonly Pick<PassRow, "id" | "state">[];
  onDone: () => void;
}

export function ApproveChosen({ rows, onDone }: ApproveChosenProps) {
  const { t } = useTranslation();
  const waiting = rows.filter(({ state }) => state === "requested").map(({ id }) => id);
  const approve = useApprove(onDone);
  if (waiting.length === 0) return null;
  return (
    <Button size="xs" loading={approve.isPending} onClick={() => approve.mutate(waiting)}>
      {t("passes.approve")} ({waiting.length})
    </Button>
  );
}
