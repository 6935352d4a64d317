/** Passes whose plate differs from the read one in a single character: offered, never opened by itself. */

import type { MouseEvent } from "react";

import type { Schema } from "../api/client";
import { useWords } from "../i18n";
import { Button } from "../ui/Button";
import { Plate } from "../ui/Plate";
import classes from "./Lane.module.css";
import { usePassWords } from "./PassBrief";
import { useDecide } from "./useDecide";
import { usePress } from "./usePress";
import { useSettled } from "./useSettled";
import type { Passage } from "./verdict";

export function Near({ lane, passage }: { lane: Schema["Lane"]; passage: Passage }) {
  const { t } = useWords();
  const { decide, isPending } = useDecide();
  const isSettled = useSettled(passage.id);
  const press = usePress(passage.id);
  const letIn = (pass: string) =>
    decide({ lane, passage, direction: passage.direction, verdict: passage.waits ? "confirm" : "open", pass, plate: passage.plate, reason: "near_plate" });
  return (
    <div className={classes["near"]} role="group" aria-label={t("now.near")}>
      <strong>{t("now.near")}</strong>
      {passage.near.map((row) => (
        <NearRow key={row.id} row={row} read={passage.plate} isBusy={isPending || !isSettled} canOpen={lane.can_open} onBegin={press.begin} onLetIn={press.ends(() => letIn(row.id))} />
      ))}
    </div>
  );
}

interface NearRowProps {
  row: Schema["PassRow"];
  read: string | null;
  isBusy: boolean;
  canOpen: boolean;
  onBegin: () => void;
  onLetIn: (event: MouseEvent) => void;
}

function NearRow({ row, read, isBusy, canOpen, onBegin, onLetIn }: NearRowProps) {
  const { t } = useWords();
  const words = usePassWords();
  const plate = row.plates.find((each) => each.length === read?.length) ?? row.plates[0];
  return (
    <div className={classes["nearRow"]}>
      {plate && <Plate canonical={plate} against={read} size="lg" />}
      <span>
        {words.who(row)}
        <span className={classes["dim"]}> {[row.host, row.address].filter(Boolean).join(", ")}</span>
      </span>
      <Button tone="attention" disabled={isBusy || !canOpen} onPointerDown={onBegin} onClick={onLetIn}>
        {t("now.nearPass")}
      </Button>
    </div>
  );
}
