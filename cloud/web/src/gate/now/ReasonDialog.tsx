/** Why: a tile, pressed once, is the answer. Emergency services stand apart and open at once. */

import { IconAmbulance, IconFiretruck, IconShieldHalfFilled, IconTools } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";

import type { Schema } from "../api/client";
import { useWords } from "../i18n";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Tiles } from "../ui/Tiles";
import classes from "./Lane.module.css";
import type { Decision } from "./useDecide";
import { type Passage, whoOf } from "./verdict";

type Reason = Schema["ManualReason"];

const REASONS: Record<"refuse" | "open", readonly Reason[]> = {
  refuse: ["host_refused", "no_answer", "not_the_person", "behaviour", "other"],
  open: ["pass_shown", "host_confirmed", "let_out", "near_plate", "ordered", "fault", "other"],
};
const SPECIAL: readonly [Reason, ReactNode][] = [
  ["ambulance", <IconAmbulance key="ambulance" aria-hidden />],
  ["fire_service", <IconFiretruck key="fire" aria-hidden />],
  ["police", <IconShieldHalfFilled key="police" aria-hidden />],
  ["utility_emergency", <IconTools key="utility" aria-hidden />],
];

interface ReasonDialogProps {
  verdict: "refuse" | "open";
  lane: Schema["Lane"];
  /** The one who stood there as the dialog was opened, whoever came since. */
  about: Passage | null;
  /** Of what is at the lane now, if anything is. */
  direction: Schema["Direction"] | undefined;
  onSettle: (decision: Pick<Decision, "direction" | "reason" | "note">) => void;
  onClose: () => void;
}

export function ReasonDialog({ verdict, lane, about, direction, onSettle, onClose }: ReasonDialogProps) {
  const { t } = useWords();
  const [way, setWay] = useState<Schema["Direction"]>(direction ?? lane.directions[0] ?? "in");
  const [note, setNote] = useState("");
  const [asksNote, setAsksNote] = useState(false);
  const settle = (reason: Reason) => {
    if (reason === "other" && note.trim() === "") setAsksNote(true);
    else onSettle({ direction: way, reason, note: note.trim() });
  };
  const tileOf = (reason: Reason, icon?: ReactNode) => ({ value: reason, label: t(`now.manual.${reason}`), icon });
  return (
    <Dialog title={[lane.name, about && whoOf(about, t), t(`now.why.${verdict}`)].filter(Boolean).join(": ")} onClose={onClose}>
      <div className={classes["dialog"]}>
        {verdict === "open" && lane.directions.length > 1 && (
          <Tiles label={t("now.which")} tiles={lane.directions.map((each) => ({ value: each, label: t(`direction.${each}`) }))} value={way} onChoose={setWay} />
        )}
        {verdict === "open" && <Tiles label={t("now.special")} tiles={SPECIAL.map(([reason, icon]) => tileOf(reason, icon))} value={null} onChoose={settle} columns={4} tone="bad" />}
        <Reasons label={t(`now.why.${verdict}`)} reasons={REASONS[verdict]} onChoose={settle} />
        <Field
          key={String(asksNote)}
          label={t("field.note")}
          description={t("now.noteHint")}
          optional
          value={note}
          onChange={setNote}
          error={asksNote && note.trim() === "" ? t("now.noteNeeded") : undefined}
          autoFocus={asksNote}
          maxLength={500}
        />
      </div>
    </Dialog>
  );
}

export function Reasons({ label, reasons, onChoose }: { label: string; reasons: readonly Reason[]; onChoose: (reason: Reason) => void }) {
  const { t } = useWords();
  return <Tiles label={label} tiles={reasons.map((reason) => ({ value: reason, label: t(`now.manual.${reason}`) }))} value={null} onChoose={onChoose} byDigits />;
}
