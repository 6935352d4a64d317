/** Passages as lines of a table; a phone stacks them. */

import { Link } from "@tanstack/react-router";
import { IconPhoto, IconVideo } from "@tabler/icons-react";

import type { Past } from "../api/queries";
import { useWords } from "../i18n";
import { usePassWords } from "../now/PassBrief";
import { useDecidedWords } from "../now/useDecide";
import { type Passage, readOf, verdictOf } from "../now/verdict";
import passes from "../passes/Passes.module.css";
import { Plate } from "../ui/Plate";
import { Status } from "../ui/Status";
import { useTimes } from "../ui/times";
import { isOpening, OpeningLine } from "./Opening";
import classes from "./Passages.module.css";

interface PassageTableProps {
  rows: readonly Past[];
  /** The one that Enter opens. */
  chosen: number;
  onOpen: (row: Past) => void;
}

const COLUMNS = ["at", "lane", "read", "who", "verdict"] as const;

export function PassageTable({ rows, chosen, onOpen }: PassageTableProps) {
  const { t } = useWords();
  return (
    <div className={passes["wrap"]}>
      <table className={passes["table"]} aria-label={t("passages.title")}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`passages.column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) =>
            isOpening(row) ? (
              <OpeningLine key={row.id} opening={row} isChosen={place === chosen} onOpen={() => onOpen(row)} />
            ) : (
              <Line key={row.id} passage={row} isChosen={place === chosen} onOpen={onOpen} />
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

function Line({ passage, isChosen, onOpen }: { passage: Passage; isChosen: boolean; onOpen: (passage: Passage) => void }) {
  const { t } = useWords();
  const times = useTimes();
  const words = usePassWords();
  const whyOf = useWhy();
  const { word, tone } = verdictOf(passage);
  const { held } = passage;
  return (
    <tr data-chosen={isChosen || undefined} onClick={() => onOpen(passage)}>
      <td>
        <Link to="/passages/$id" params={{ id: passage.id }} className={classes["at"]} onClick={(event) => event.stopPropagation()}>
          {times.short(passage.at)}
        </Link>
        <Kept passage={passage} />
      </td>
      <td>
        {passage.point_name}, <span className={passes["nowrap"]}>{t(`direction.${passage.direction}`)}</span>
      </td>
      <td>{passage.plate ? <Plate canonical={passage.plate} /> : readOf(passage, t)}</td>
      <td data-minor={!held || undefined}>
        {held ? words.who(held) : "—"} <span className={passes["dim"]}>{held && [held.host, held.address].filter(Boolean).join(", ")}</span>
      </td>
      <td>
        <span className={passes["for"]}>
          <Status tone={tone}>{t(`now.verdict.${word}`)}</Status>
          <span className={passes["dim"]}>{whyOf(passage)}</span>
        </span>
      </td>
    </tr>
  );
}

/** The guard who decided, or why the gate refused; what was let in by a pass that is good needs no words. */
function useWhy(): (passage: Passage) => string {
  const { t } = useWords();
  const decidedWords = useDecidedWords();
  return ({ decided, outcome, reason }) => (decided ? decidedWords(decided) : outcome === "denied" || reason !== "granted" ? t(`now.reason.${reason}`) : "");
}

/** What there is to look at: nobody's picture is shown, and noted as looked at, before it is asked for. */
function Kept({ passage }: { passage: Passage }) {
  const { t } = useWords();
  return (
    <span className={classes["kept"]}>
      {passage.still && <IconPhoto size={18} role="img" aria-label={t("passages.hasStill")} />}
      {passage.video && <IconVideo size={18} role="img" aria-label={t("passages.hasVideo")} />}
    </span>
  );
}
