/** Plates as people type them and as they are printed. The server's reading is the one that counts. */

const FOLD: Readonly<Record<string, string>> = {
  А: "A", В: "B", Е: "E", К: "K", М: "M", Н: "H", О: "O", Р: "P", С: "C", Т: "T", У: "Y", Х: "X",
};

/** Folds for a search: upper case, Cyrillic look-alikes to Latin, without spaces and hyphens. */
export function foldPlate(text: string): string {
  return text
    .toUpperCase()
    .replace(/[\s-]/g, "")
    .replace(/[А-Я]/g, (letter) => FOLD[letter] ?? letter);
}

/** Whether the text could be part of a plate or a number rather than a name. */
export function looksLikePlate(text: string): boolean {
  const folded = foldPlate(text);
  return /\d/.test(folded) && /^[A-Z0-9]{2,10}$/.test(folded);
}

export interface PlateParts {
  main: string;
  region: string;
}

/** `X711TT90` → `X 711 TT` and `90`, as on the metal; null when it is of no Russian civil type. */
export function plateParts(canonical: string): PlateParts | null {
  const car = /^([ABEKMHOPCTYX])(\d{3})([ABEKMHOPCTYX]{2})(\d{2,3})$/.exec(canonical);
  if (!car) return null;
  const [, first = "", digits = "", series = "", region = ""] = car;
  return { main: `${first}\u2009${digits}\u2009${series}`, region };
}

/** Within a sentence: `X711TT90` → `X 711 TT 90`, never broken over lines; a card or a name stays as it is. */
export function plateText(canonical: string): string {
  const parts = plateParts(canonical);
  return parts ? `${parts.main} ${parts.region}`.replace(/\s/g, "\u00a0") : canonical;
}
