/** Opening from afar: says what will open, asks why, and tells the box's one answer. */

import { Alert, Loader, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useReturnFocus } from "@/shared/form/useFocus";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { Status } from "@/shared/ui/Status";
import { getCommand, openPoint, type Point } from "./api";

const ASK_EVERY_MS = 500;

export function OpenDialog({ point, onClose }: { point: Point; onClose: () => void }) {
  useReturnFocus();
  const { t } = useTranslation();
  const draft = useDraft({ reason: "" }, ({ reason }) => openPoint(point.id, reason), { fields: ["reason"] });
  return (
    <FormDialog title={t("sites.openTitle", { point: point.name })} draft={draft} submitLabel={t("sites.openNow")} onClose={onClose} isDangerous>
      <Text size="sm">{t("sites.openHint", { site: point.site_name })}</Text>
      <Textarea
        data-autofocus
        required
        autosize
        minRows={2}
        label={t("field.reason")}
        {...draft.text("reason")}
      />
      {draft.result && <Answer commandId={draft.result.id} />}
    </FormDialog>
  );
}

function Answer({ commandId }: { commandId: string }) {
  const { t } = useTranslation();
  const command = useQuery({
    queryKey: ["commands", commandId],
    queryFn: () => getCommand(commandId),
    refetchInterval: ({ state }) => (state.data?.answered_at || state.data?.lapsed_at ? false : ASK_EVERY_MS),
  });
  const outcome = command.data?.lapsed_at ? "expired" : command.data?.outcome;
  if (!outcome) {
    return (
      <Alert icon={<Loader size={16} />} role="status">
        {t("sites.openWaiting")}
      </Alert>
    );
  }
  return (
    <Alert color={outcome === "done" ? "teal" : "red"} role="status">
      <Status tone={outcome === "done" ? "good" : "bad"}>{t(`sites.outcome.${outcome as "done"}`, { defaultValue: outcome })}</Status>
      {command.data?.detail && <Text size="sm">{command.data.detail}</Text>}
    </Alert>
  );
}
