/** A manager's yes to what was asked for, all or none. */

import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { approvePasses } from "./api";

export function useApprove(onDone?: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: approvePasses,
    onSuccess: ({ approved }) => {
      notifications.show({ message: t("passes.approved", { count: approved }), color: "teal" });
      void client.invalidateQueries({ queryKey: ["passes"] });
      onDone?.();
    },
    onError: (error) => notifications.show({ message: error.message, color: "red" }),
  });
}
