/** A vehicle's plate, drawn like the metal one; characters that differ from what was read are marked. */

import { Fragment } from "react";

import { plateParts } from "@/shared/format/plates";
import { differing } from "./differing";
import classes from "./Plate.module.css";

interface PlateProps {
  canonical: string;
  size?: "sm" | "lg";
  /** What was read: where it differs is marked. */
  against?: string | null;
}

export function Plate({ canonical, size = "sm", against }: PlateProps) {
  const parts = plateParts(canonical);
  const marks = against ? differing(canonical, against) : new Set<number>();
  const region = parts?.region ?? "";
  const split = canonical.length - region.length;
  return (
    <span className={classes["plate"]} data-size={size}>
      <span className={classes["main"]}>
        <Characters text={canonical.slice(0, split)} from={0} marks={marks} spaced={parts !== null} />
      </span>
      {region && (
        <span className={classes["region"]}>
          <Characters text={region} from={split} marks={marks} spaced={false} />
        </span>
      )}
    </span>
  );
}

interface CharactersProps {
  text: string;
  from: number;
  marks: ReadonlySet<number>;
  spaced: boolean;
}

const AFTER = new Set([0, 3]); // a thin space after the first letter and after the digits

function Characters({ text, from, marks, spaced }: CharactersProps) {
  return Array.from(text, (character, place) => (
    <Fragment key={place}>
      {marks.has(from + place) ? <mark className={classes["differs"]}>{character}</mark> : character}
      {spaced && AFTER.has(place) && "\u2009"}
    </Fragment>
  ));
}
