/** Revoking says what will happen to whom, and asks why. */

import { List, Modal, ScrollArea, Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { type PassRow, revokePasses } from "./api";
import { PassFor } from "./PassFor";
import { ENDED } from "./PassStatus";

interface RevokeDialogProps {
  passes: readonly Pick<PassRow, "id" | "number" | "plates" | "vehicle" | "holder" | "state">[];
  onClose: () => void;
  onDone: (count: number) => void;
}

const LIST_HEIGHT = 260;
/** What the server takes in one request. */
const MOST = 200;

export function RevokeDialog({ passes, onClose, onDone }: RevokeDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const standing = passes.filter(({ state }) => !ENDED.has(state));
  const skipped = passes.length - standing.length;
  const ids = standing.map(({ id }) => id);
  const draft = useDraft({ reason: "" }, ({ reason }) => revokePasses(ids, reason), {
    fields: ["reason"],
    onDone: ({ revoked }) => {
      void client.invalidateQueries({ queryKey: ["passes"] });
      onDone(revoked);
    },
  });
  const note = skipped > 0 && (
    <Text size="sm" c="dimmed">
      {t("passes.revokeSkipped", { count: skipped })}
    </Text>
  );
  const refused = standing.length === 0 ? t("passes.revokeNone") : standing.length > MOST ? t("passes.revokeTooMany") : null;
  if (refused !== null) {
    return (
      <Modal opened onClose={onClose} title={refused} closeButtonProps={{ "aria-label": t("action.close") }}>
        {standing.length > MOST && <Text size="sm">{t("passes.revokeTooManyHint", { most: MOST, chosen: standing.length })}</Text>}
        {note}
      </Modal>
    );
  }
  return (
    <FormDialog
      title={t("passes.revokeTitle", { count: standing.length })}
      draft={draft}
      submitLabel={t("passes.revoke")}
      onClose={onClose}
      isDangerous
    >
      <Text size="sm">{t("passes.revokeHint")}</Text>
      <ScrollArea.Autosize mah={LIST_HEIGHT} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("section.passes") }}>
        <List size="sm" spacing={4}>
          {standing.map((pass) => (
            <List.Item key={pass.id}>
              № {pass.number} <PassFor pass={pass} />
            </List.Item>
          ))}
        </List>
      </ScrollArea.Autosize>
      {note}
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
