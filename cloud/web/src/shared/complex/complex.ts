/** Which complex of the company the desk shows: it stands in the address, and each account remembers it per company. */

import { type Check, isId, sensible } from "@/shared/api/page";

/** Said in the address, lest a link shows a colleague what they themselves chose last. */
export const ALL = "all";

export interface ComplexSearch {
  complex?: string | undefined;
}

const isChoice: Check = (value) => value === ALL || isId(value);

export function parseComplex(raw: Record<string, unknown>): ComplexSearch {
  const { complex } = raw;
  return sensible(raw, { complex: typeof complex === "string" && isChoice(complex) ? complex : undefined });
}

/** The complex that was chosen; undefined: all. */
export const chosenComplex = ({ complex }: ComplexSearch): string | undefined => (complex === ALL ? undefined : complex);

/** The same as the server's parameter. */
export function ofComplex(search: ComplexSearch): { complex_id?: string } {
  const id = chosenComplex(search);
  return id === undefined ? {} : { complex_id: id };
}

interface Entering {
  asked: string | undefined;
  remembered: string | undefined;
  /** Who may not see complexes could neither see nor undo the choice. */
  maySee: boolean;
}

/** What the address of the desk says of the complex before anything is known of the complexes. */
export function entering({ asked, remembered, maySee }: Entering): string | undefined {
  return maySee ? (asked ?? remembered) : undefined;
}

interface Known {
  ids: readonly string[];
  /** Whether these are all that there are. */
  isWhole: boolean;
}

/** What it says once they are known: nothing where there is no choice, all of them where it names one that is not there. */
export function settled(asked: string | undefined, { ids, isWhole }: Known): string | undefined {
  if (ids.length < 2) return undefined;
  if (asked === undefined || asked === ALL) return ALL;
  return ids.includes(asked) || !isWhole ? asked : ALL;
}

/** The parts of an address that lose their sense in another complex. */
export const LEFT_BEHIND = { page: undefined, open: undefined, site: undefined, building: undefined } as const;

/** The list of the card whose address this is (`/desk/passes/$passId`); undefined: it is no card's. */
export function sectionOf(pattern: string): string | undefined {
  const at = pattern.indexOf("/$");
  return at < 0 ? undefined : pattern.slice(0, at);
}

const keyOf = (account: string, company: string) => `domovoy.complex.${account}.${company}`;

export function rememberComplex(account: string, company: string, choice: string): void {
  localStorage.setItem(keyOf(account, company), choice);
}

export function rememberedComplex(account: string, company: string): string | undefined {
  const kept = localStorage.getItem(keyOf(account, company));
  return kept !== null && isChoice(kept) ? kept : undefined;
}
