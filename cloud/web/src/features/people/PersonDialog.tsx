/** What is known of a person. */

import { TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { showSaved } from "@/shared/api/saved";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { formatPhone } from "@/shared/format/numbers";
import { changePerson, createPerson, type Person } from "./api";

interface PersonDialogProps {
  person?: Person;
  onClose: () => void;
  onSaved: (person: Person) => void;
}

export function PersonDialog({ person, onClose, onSaved }: PersonDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const initial = {
    name: person?.name ?? "",
    phones: (person?.phones ?? []).map(formatPhone),
    email: person?.email ?? "",
    note: person?.note ?? "",
  };
  const send = (values: typeof initial) => {
    const body = { ...values, email: values.email.trim() || null };
    return person ? changePerson(person.id, body) : createPerson(body);
  };
  const draft = useDraft(initial, send, {
    fields: ["name", "phones", "email", "note"],
    onDone: (saved) => {
      showSaved(client, ["people", "one"], saved, "id");
      void client.invalidateQueries({ queryKey: ["people"] });
      onSaved(saved);
    },
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={person ? t("people.change") : t("add.person")} draft={draft} submitLabel={t("action.save")} onClose={onClose}>
      <TextInput
        data-autofocus
        required
        label={t("people.name")}
        placeholder={t("form.example.person")}
        {...draft.text("name")}
      />
      <TagsInput
        label={t("field.phone")}
        description={t("people.phonesHint")}
        placeholder="+7 (999) 999-99-99"
        acceptValueOnBlur
        value={values.phones}
        error={error("phones")}
        onChange={(phones) => set("phones", phones)}
      />
      <TextInput
        type="email"
        label={t("field.email")}
        {...draft.text("email")}
      />
      <Textarea
        autosize
        minRows={2}
        label={t("field.comment")}
        {...draft.text("note")}
      />
    </FormDialog>
  );
}
