/** A consent that the company has on paper: what it says, of which day it is, where it lies. */

import { Blockquote, Text, TextInput } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { isoDay } from "@/shared/format/dates";
import { type Face, giveConsent } from "./faces";

interface ConsentDialogProps {
  face: Face;
  onClose: () => void;
  onDone: () => void;
}

export function ConsentDialog({ face, onClose, onDone }: ConsentDialogProps) {
  const { t } = useTranslation();
  const today = isoDay(new Date());
  const draft = useDraft(
    { given_on: today, note: "" },
    (values) => giveConsent(face.person_id, { ...values, text_version: face.to_agree.version }),
    {
      fields: ["given_on", "note"],
      onDone: () => {
        onDone();
        onClose();
      },
    },
  );
  return (
    <FormDialog title={t("people.consentGive")} draft={draft} submitLabel={t("people.consentRecord")} onClose={onClose}>
      <Text size="sm">{t("people.consentHint")}</Text>
      <Blockquote p="sm" fz="sm" cite={t("people.consentVersion", { version: face.to_agree.version })}>
        {face.to_agree.text}
      </Blockquote>
      <DatePickerInput
        required
        label={t("people.consentDay")}
        valueFormat="DD.MM.YYYY"
        maxDate={today}
        value={draft.values.given_on}
        error={draft.error("given_on")}
        onChange={(day) => day && draft.set("given_on", day)}
      />
      <TextInput required data-autofocus label={t("people.consentNote")} placeholder={t("people.consentNoteHint")} {...draft.text("note")} />
    </FormDialog>
  );
}
