/** An opening that is no passage: who opened, why, what became of it, its picture. */

import { IconPhoto } from "@tabler/icons-react";
import type { ReactNode } from "react";

import type { Schema } from "../api/client";
import type { Past } from "../api/queries";
import { useWords } from "../i18n";
import passes from "../passes/Passes.module.css";
import { Dialog } from "../ui/Dialog";
import { Plate } from "../ui/Plate";
import { Status, type Tone } from "../ui/Status";
import { useTimes } from "../ui/times";
import classes from "./Passages.module.css";

export type Opening = Schema["OpeningView"];

export function isOpening(row: Past): row is Opening {
  return "by" in row;
}

function stateOf({ by, opened }: Opening): { tone: Tone; word: "stuck" | "opened" | "forced" } {
  if (opened === false) return { tone: "attention", word: "stuck" };
  return by === "nobody" ? { tone: "attention", word: "forced" } : { tone: "good", word: "opened" };
}

function useWhy(): (opening: Opening) => string {
  const { t } = useWords();
  return ({ blacklisted, reason, why }) => [blacklisted && t("now.done.against"), reason && t(`now.manual.${reason}`), why].filter(Boolean).join(". ");
}

function State({ opening }: { opening: Opening }) {
  const { t } = useWords();
  const { tone, word } = stateOf(opening);
  return <Status tone={tone}>{word === "forced" ? t("passages.forced") : t(`now.verdict.${word}`)}</Status>;
}

export function OpeningLine({ opening, isChosen, onOpen }: { opening: Opening; isChosen: boolean; onOpen: () => void }) {
  const { t } = useWords();
  const times = useTimes();
  const whyOf = useWhy();
  const { at, point_name, direction, plate, by, person, still } = opening;
  return (
    <tr data-chosen={isChosen || undefined} onClick={onOpen}>
      <td>
        <button
          type="button"
          className={classes["at"]}
          onClick={(event) => {
            event.stopPropagation();
            onOpen();
          }}
        >
          {times.short(at)}
        </button>
        <span className={classes["kept"]}>{still && <IconPhoto size={18} role="img" aria-label={t("passages.hasStill")} />}</span>
      </td>
      <td>{[point_name, direction && t(`direction.${direction}`)].filter(Boolean).join(", ")}</td>
      <td>{plate ? <Plate canonical={plate} /> : t("passages.noPassage")}</td>
      <td>
        {person || t(`passages.by.${by}`)} <span className={passes["dim"]}>{person && t(`passages.by.${by}`)}</span>
      </td>
      <td>
        <span className={passes["for"]}>
          <State opening={opening} />
          <span className={passes["dim"]}>{whyOf(opening)}</span>
        </span>
      </td>
    </tr>
  );
}

export function OpeningDialog({ opening, onClose }: { opening: Opening; onClose: () => void }) {
  const { t } = useWords();
  const times = useTimes();
  const whyOf = useWhy();
  const { at, point_name, direction, plate, by, person, still, detail } = opening;
  const facts: readonly [string, ReactNode][] = [
    [t("passages.column.at"), times.exact(at)],
    [t("passages.column.lane"), [point_name, direction && t(`direction.${direction}`)].filter(Boolean).join(", ")],
    [t("passages.opener"), [person, t(`passages.by.${by}`)].filter(Boolean).join(", ")],
    [t("passages.why"), whyOf(opening)],
    [t("field.plate"), plate && <Plate canonical={plate} />],
    [t("passages.outcome"), opening.opened === false && detail],
  ];
  return (
    <Dialog title={t("passages.opening")} onClose={onClose}>
      <State opening={opening} />
      <dl className={passes["facts"]}>
        {facts.filter(([, fact]) => Boolean(fact)).map(([name, fact]) => [<dt key={name}>{name}</dt>, <dd key={`${name} is`}>{fact}</dd>])}
      </dl>
      {still && <img src={still} alt={t("now.still")} className={classes["picture"]} />}
    </Dialog>
  );
}
