/** A guard's words about something, or about the shift. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answer, api, type Schema } from "../api/client";
import { newId } from "../api/ids";
import { refresh } from "../api/refresh";
import { useWords } from "../i18n";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { ProblemNotice } from "../ui/Notice";
import classes from "../passes/Passes.module.css";

export function AddNote({ label, about }: { label: string; about: Pick<Schema["AddNote"], "pass_id" | "passage" | "visit"> }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [draft, setDraft] = useState({ id: newId(), text: "" });
  const adding = useMutation({
    mutationFn: () => answer(api.POST("/gate/api/notes", { body: { id: draft.id, text: draft.text.trim(), ...about } })),
    onSuccess: () => {
      setDraft({ id: newId(), text: "" });
      refresh(client, [["pass"], ["passage"], ["report"]]);
    },
  });
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.text.trim() && !adding.isPending) adding.mutate();
      }}
    >
      <Field label={label} value={draft.text} onChange={(text) => setDraft({ ...draft, text })} multiline maxLength={500} />
      {adding.error && <ProblemNotice error={adding.error} />}
      <Button type="submit" disabled={draft.text.trim() === "" || adding.isPending}>
        {t("passes.addNote")}
      </Button>
    </form>
  );
}
