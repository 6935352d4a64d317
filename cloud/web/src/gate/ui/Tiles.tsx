/** Choices as tiles; a digit on the keyboard presses the tile of that place. */

import { type ReactNode, useEffect, useRef } from "react";

import { isTypedInto } from "./typing";
import classes from "./Tiles.module.css";

export interface Tile<T extends string> {
  value: T;
  label: string;
  icon?: ReactNode;
}

interface TilesProps<T extends string> {
  label: string;
  tiles: readonly Tile<T>[];
  /** The chosen one; undefined: none yet. Null: pressing does something at once, and nothing stays chosen. */
  value: T | undefined | null;
  onChoose: (value: T) => void;
  columns?: 4;
  /** Whether digits press them. */
  byDigits?: boolean;
  tone?: "bad";
}

export function Tiles<T extends string>({ label, tiles, value, onChoose, columns, byDigits = false, tone }: TilesProps<T>) {
  const pressed = useRef(onChoose);
  useEffect(() => {
    pressed.current = onChoose;
  });
  useEffect(() => {
    if (!byDigits) return;
    const onKey = (event: KeyboardEvent) => {
      const tile = tiles[Number(event.key) - 1];
      if (!tile || event.ctrlKey || event.altKey || event.metaKey || isTypedInto(event.target)) return;
      event.preventDefault();
      pressed.current(tile.value);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [byDigits, tiles]);
  return (
    <fieldset className={classes["tiles"]} data-columns={columns}>
      <legend>{label}</legend>
      {tiles.map((tile, place) => (
        <button
          key={tile.value}
          type="button"
          className={classes["tile"]}
          data-tone={tone}
          {...(value !== null && { "aria-pressed": tile.value === value })}
          onClick={() => onChoose(tile.value)}
        >
          {tile.icon}
          {byDigits && place < 9 && (
            <span className={classes["key"]} aria-hidden>
              {place + 1}
            </span>
          )}
          <span>{tile.label}</span>
        </button>
      ))}
    </fieldset>
  );
}
