/** What a typed plate or card may be, and what becomes of it when the form is sent without choosing. */

import type { Recognised } from "./api";
import type { Credential } from "./draft";

/** Shorter texts are no plate and no card. */
export const LEAST_LENGTH = 3;

export function readingsOf(text: string, found: Recognised | undefined): Credential[] {
  if (!found) return [];
  const plate: Credential[] = found.plate ? [{ type: "plate", plate: found.plate.canonical }] : [];
  return [...plate, ...found.cards.map(({ key, format }) => ({ type: "card" as const, text, key, format }))];
}

export function keyOf(credential: Credential): string {
  return credential.type === "plate" ? credential.plate : (credential.key ?? credential.text);
}

/** The same plate or card is never there twice. */
export function withCredential(credentials: readonly Credential[], added: Credential): Credential[] {
  return [...credentials.filter((one) => keyOf(one) !== keyOf(added)), added];
}

/** Why what was typed could not be taken as it stands. */
export type Unsettled = "ambiguous" | "not_recognised";

/**
 * The credentials with what is still typed among them, so that nothing typed is ever dropped: its only reading, or why
 * there is none. `ask`: the server's recognition.
 */
export async function settled(
  credentials: readonly Credential[],
  typed: string,
  ask: (text: string) => Promise<Recognised>,
): Promise<Credential[] | Unsettled> {
  const text = typed.trim();
  if (text === "") return [...credentials];
  const readings = text.length < LEAST_LENGTH ? [] : readingsOf(text, await ask(text));
  const [only] = readings;
  if (!only) return "not_recognised";
  return readings.length > 1 ? "ambiguous" : withCredential(credentials, only);
}
