/** Cards for the stock, one after another: a desk reader types the number and Enter, and the form waits for the next. */

import { Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { CredentialField } from "@/shared/credentials/CredentialField";
import type { Credential } from "@/shared/credentials/readings";
import { useSettled } from "@/shared/credentials/useSettled";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { addCard, type Card } from "./api";
import { nameOf } from "./columns";

interface Entered {
  typed: string;
  credentials: Credential[];
  label: string;
}

const EMPTY: Entered = { typed: "", credentials: [], label: "" };

export function AddDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [added, setAdded] = useState<Card[]>([]);
  // The next one begins with an empty form of its own, and with the field in hand.
  return <AddForm key={added.length} added={added} onAdded={(card) => setAdded((before) => [card, ...before])} onClose={onClose} title={t("cards.addTitle")} />;
}

interface AddFormProps {
  title: string;
  added: readonly Card[];
  onAdded: (card: Card) => void;
  onClose: () => void;
}

function AddForm({ title, added, onAdded, onClose }: AddFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const settle = useSettled("card");
  const send = async (entered: Entered) => {
    const [card] = await settle(entered);
    return addCard(card?.type === "card" ? { text: card.text, key: card.key } : { text: "" }, entered.label);
  };
  const draft = useDraft<Entered, Card>(EMPTY, send, {
    fields: ["typed", "card", "label"],
    onDone: (card) => {
      void client.invalidateQueries({ queryKey: ["cards"] });
      onAdded(card);
    },
  });
  const { values, patch, error } = draft;
  return (
    <FormDialog title={title} draft={draft} submitLabel={t("action.add")} onClose={onClose}>
      <CredentialField
        oneCard={{ label: t("cards.card"), withAsterisk: true }}
        credentials={values.credentials}
        typed={values.typed}
        onChange={patch}
        error={error("typed", "credentials") ?? error("card", "typed", "credentials")}
      />
      <TextInput label={t("cards.label")} description={t("cards.labelHint")} {...draft.text("label")} />
      {added[0] && (
        <Text size="sm" role="status">
          {t("cards.added", { count: added.length, card: nameOf(added[0]) })}
        </Text>
      )}
    </FormDialog>
  );
}
