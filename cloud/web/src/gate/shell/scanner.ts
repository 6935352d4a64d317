/**
 * A scanner or a desk reader is a keyboard that types fast and ends with Enter. What it typed is told from what a hand
 * typed by its pace, and read under whatever layout the computer has.
 */

const LATIN = "QWERTYUIOPASDFGHJKLZXCVBNM";
const CYRILLIC = "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ"; // the same keys
/** As `protocols/qr.py`: the shortest code of ours, and the longest. */
const QR_FEWEST = 153;
const QR_MOST = 200;
const BASE32 = /^[A-Z2-7]+$/;
const CODE = /^[ACDEFHJKMNPRTUVWXY34679]{8}$/;
const CARDS = [
  /^\d{8}$/, // 3.5 without its comma, or short decimal
  /^\d{10}$/, // EM-Marine, the whole number
  /^\d{1,3},\d{5}$/, // 018,23011
  /^(?:[0-9A-F]{8}|[0-9A-F]{10}|[0-9A-F]{14})$/, // hexadecimal: EM-Marine, Mifare
];

export interface Scanned {
  kind: "qr" | "code" | "card";
  /** As it is to be looked up. */
  text: string;
}

/** As if it had been typed under a Latin layout: upper case, without white space. */
export function folded(text: string): string {
  return text
    .toUpperCase()
    .replace(/\s/g, "")
    .replace(/[А-Я]/g, (letter) => LATIN[CYRILLIC.indexOf(letter)] ?? letter);
}

/** The comma's key says "б" under a Russian layout. */
function withComma(text: string): string {
  return text.replace(/\s/g, "").replace(/^(\d{1,3})б(\d{5})$/i, "$1,$2");
}

/** What a scanner's line is; null: none of ours, or a hand's. A QR is known however it came. */
export function recognised(line: string, isScanned: boolean): Scanned | null {
  const text = folded(line);
  if (text.length >= QR_FEWEST && text.length <= QR_MOST && BASE32.test(text)) return { kind: "qr", text };
  if (!isScanned) return null;
  const card = withComma(line).toUpperCase();
  if (CARDS.some((form) => form.test(card))) return { kind: "card", text: card };
  const code = text.replace(/-/g, "");
  return CODE.test(code) ? { kind: "code", text: code } : null;
}

const SLOWEST_MS = 50;
const FEWEST = 6;

/** Watches keys go by, and says when a scanner has typed a line. */
export class Wedge {
  private typed = "";
  private lastAt = -Infinity;

  /** The key that was pressed, at that moment (ms): the whole line at its Enter, if it came at a scanner's pace. */
  press(key: string, atMs: number): string | null {
    const isFast = atMs - this.lastAt <= SLOWEST_MS;
    this.lastAt = atMs;
    if (!isFast) this.typed = "";
    if (key === "Enter") {
      const line = this.typed;
      this.typed = "";
      return line.length >= FEWEST ? line : null;
    }
    if (key.length === 1) this.typed += key;
    return null;
  }
}
