/** What guards noted of a pass or a passage, and the next note. */

import type { Schema } from "../api/client";
import { useWords } from "../i18n";
import classes from "../passes/Passes.module.css";
import { List } from "../ui/List";
import { useTimes } from "../ui/times";
import { AddNote } from "./AddNote";

interface NotesProps {
  notes: readonly Schema["NoteView"][];
  about: Pick<Schema["AddNote"], "pass_id" | "passage">;
}

export function Notes({ notes, about }: NotesProps) {
  const { t } = useWords();
  const times = useTimes();
  return (
    <section className={classes["part"]}>
      <h2>{t("passes.notes")}</h2>
      {notes.length === 0 && <p className={classes["dim"]}>{t("passes.noNotes")}</p>}
      <List
        items={notes}
        className={classes["lines"]}
        line={({ id, text, guard, at }) => (
          <li key={id}>
            <span>{text}</span>
            <span className={classes["dim"]}>
              {guard.name}, {times.short(at)}
            </span>
          </li>
        )}
      />
      <AddNote label={t("passes.noteLabel")} about={about} />
    </section>
  );
}
