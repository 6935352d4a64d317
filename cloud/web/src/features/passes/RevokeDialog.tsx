/** Revoking says what will happen to whom, and asks why. */

import { List, Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { type PassRow, revokePasses } from "./api";
import { PassFor } from "./PassFor";

const LISTED = 8;

interface RevokeDialogProps {
  passes: readonly Pick<PassRow, "id" | "number" | "plates" | "vehicle" | "holder">[];
  onClose: () => void;
  onDone: (count: number) => void;
}

export function RevokeDialog({ passes, onClose, onDone }: RevokeDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const ids = passes.map(({ id }) => id);
  const draft = useDraft({ reason: "" }, ({ reason }) => revokePasses(ids, reason), {
    fields: ["reason"],
    onDone: ({ revoked }) => {
      void client.invalidateQueries({ queryKey: ["passes"] });
      onDone(revoked);
    },
  });
  return (
    <FormDialog
      title={t("passes.revokeTitle", { count: passes.length })}
      draft={draft}
      submitLabel={t("passes.revoke")}
      onClose={onClose}
      isDangerous
    >
      <Text size="sm">{t("passes.revokeHint")}</Text>
      <List size="sm" spacing={4}>
        {passes.slice(0, LISTED).map((pass) => (
          <List.Item key={pass.id}>
            № {pass.number} <PassFor pass={pass} />
          </List.Item>
        ))}
      </List>
      {passes.length > LISTED && (
        <Text size="sm" c="dimmed">
          {t("passes.andMore", { count: passes.length - LISTED })}
        </Text>
      )}
      <Textarea
        data-autofocus
        label={t("field.reason")}
        required
        autosize
        minRows={2}
        {...draft.text("reason")}
      />
    </FormDialog>
  );
}
