/** Letting in or out by a pass that was found: at which lane, and why by hand. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Schema } from "../api/client";
import { boardQuery } from "../api/queries";
import { useWords } from "../i18n";
import { usePassWords } from "../now/PassBrief";
import { Reasons } from "../now/ReasonDialog";
import { useDecide } from "../now/useDecide";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Tiles } from "../ui/Tiles";
import { say } from "../ui/toasts";

type Reason = Schema["ManualReason"];

const REASONS: Record<Schema["Direction"], readonly Reason[]> = {
  in: ["pass_shown", "host_confirmed", "near_plate", "ordered", "fault", "other"],
  out: ["let_out", "pass_shown", "ordered", "fault", "other"],
};

interface LetThroughProps {
  row: Schema["PassRow"];
  direction: Schema["Direction"];
  onClose: () => void;
}

export function LetThrough({ row, direction, onClose }: LetThroughProps) {
  const { t } = useWords();
  const words = usePassWords();
  const { data: board } = useQuery(boardQuery);
  const lanes = (board?.lanes ?? []).filter((lane) => lane.can_open && lane.directions.includes(direction));
  const [chosen, setChosen] = useState<string>();
  const lane = lanes.find(({ id }) => id === chosen) ?? (lanes.length === 1 ? lanes[0] : undefined);
  const [note, setNote] = useState("");
  const [asksNote, setAsksNote] = useState(false);
  const { decide, isPending } = useDecide((decided) => {
    if (decided.opened) say("good", t("passes.letThrough", { lane: lane?.name ?? "" }));
    onClose();
  });
  const settle = (reason: Reason) => {
    if (reason === "other" && note.trim() === "") setAsksNote(true);
    else if (lane && !isPending) decide({ lane, direction, verdict: "open", pass: row.id, plate: row.plates[0] ?? null, reason, note: note.trim() });
  };
  const title = t(direction === "in" ? "passes.lettingIn" : "passes.lettingOut", { who: words.who(row) });
  return (
    <Dialog title={title} onClose={onClose}>
      {lanes.length > 1 && <Tiles label={t("passes.where")} tiles={lanes.map(({ id, name }) => ({ value: id, label: name }))} value={lane?.id} onChoose={setChosen} />}
      {lanes.length === 0 && <p>{t(board?.lanes.some(({ away }) => away) ? "now.away" : "now.cannotOpen")}</p>}
      {lane && (
        <>
          <Reasons label={t("passes.why")} reasons={REASONS[direction]} onChoose={settle} />
          <Field
            key={String(asksNote)}
            label={t("field.note")}
            optional
            value={note}
            onChange={setNote}
            error={asksNote && note.trim() === "" ? t("now.noteNeeded") : undefined}
            autoFocus={asksNote}
            maxLength={500}
          />
        </>
      )}
    </Dialog>
  );
}
