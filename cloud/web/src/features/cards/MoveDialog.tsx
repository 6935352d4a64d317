/** A card comes back, is lost or written off: what will happen, and to whom. And what the company calls it. */

import { Checkbox, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { useMay } from "@/shared/session/me";
import { type Card, type CardMove, labelCard, moveCard } from "./api";
import { holderOf, nameOf } from "./columns";

/** Returned, and found: both put it back into stock. */
export type Act = "return" | "found" | "lost" | "destroy";

const STATE: Record<Act, CardMove["state"]> = { return: "stock", found: "stock", lost: "lost", destroy: "destroyed" };

interface MoveDialogProps {
  card: Card;
  act: Act;
  onClose: () => void;
  onDone: (card: Card) => void;
}

export function MoveDialog({ card, act, onClose, onDone }: MoveDialogProps) {
  const { t } = useTranslation();
  const mayRevoke = useMay()("passes.revoke");
  const client = useQueryClient();
  const isOut = card.state === "given" || card.state === "overdue";
  const draft = useDraft({ revoke: false, note: "" }, (entered) => moveCard(card.id, { state: STATE[act], ...entered }), {
    fields: ["revoke", "note"],
    onDone: (moved) => {
      for (const kind of ["cards", "passes"]) void client.invalidateQueries({ queryKey: [kind] });
      onDone(moved);
    },
  });
  return (
    <FormDialog
      title={t(`cards.act.${act}Title`, { card: nameOf(card) })}
      draft={draft}
      submitLabel={t(`cards.act.${act}`)}
      onClose={onClose}
      isDangerous={act === "lost" || act === "destroy"}
    >
      <Text size="sm">{isOut ? t("cards.act.outHint", { holder: holderOf(card) }) : t(`cards.act.${act}Hint`)}</Text>
      {isOut && card.deposit && <Text size="sm">{t("cards.act.deposit", { deposit: card.deposit })}</Text>}
      {isOut && mayRevoke && (
        <Checkbox
          label={t("cards.act.revoke", { number: card.pass_number })}
          description={t("cards.act.revokeHint")}
          checked={draft.values.revoke}
          onChange={(event) => draft.set("revoke", event.currentTarget.checked)}
        />
      )}
      <TextInput data-autofocus label={t("field.comment")} {...draft.text("note")} />
    </FormDialog>
  );
}

export function LabelDialog({ card, onClose, onDone }: Omit<MoveDialogProps, "act">) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({ label: card.label }, ({ label }) => labelCard(card.id, label), {
    fields: ["label"],
    onDone: (named) => {
      void client.invalidateQueries({ queryKey: ["cards"] });
      onDone(named);
    },
  });
  return (
    <FormDialog title={t("cards.labelTitle", { card: card.printed })} draft={draft} submitLabel={t("action.save")} onClose={onClose}>
      <TextInput data-autofocus label={t("cards.label")} description={t("cards.labelHint")} {...draft.text("label")} />
    </FormDialog>
  );
}
