/** What is asked by the words that were typed into the palette. */

export interface Asked {
  q: string;
  /** A pass's number, where nothing else was typed: `9`, `№ 9`. */
  number: number | null;
  /** One letter finds everything and is not worth asking. */
  isWorth: boolean;
}

export function asked(typed: string): Asked {
  const q = typed.replace(/[№#]/g, " ").trim();
  const number = /^\d{1,9}$/.test(q) ? Number(q) : null;
  return { q, number, isWorth: number !== null || q.length > 1 };
}

/** The row with that very number stands first. */
export function numberedFirst<Row extends { number: number }>(rows: readonly Row[], number: number | null): Row[] {
  return [...rows.filter((row) => row.number === number), ...rows.filter((row) => row.number !== number)];
}
