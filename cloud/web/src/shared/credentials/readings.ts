/** What a typed plate or card may be, and what becomes of it when the form is sent without choosing. */

import { Problem } from "@/shared/api/problem";
import type { components } from "@/shared/api/schema";
import { withoutControls } from "./typed";

export type Recognised = components["schemas"]["RecogniseOut"];

/**
 * A plate in canonical form, or a card as it was typed with the reading that is meant. `key` null: it has only one;
 * `spellings`: the numbers that may stand on such a card.
 */
export type Credential = { type: "plate"; plate: string } | { type: "card"; text: string; key: string | null; format: string; spellings: readonly string[] };

/** Shorter texts are no plate and no card. */
export const LEAST_LENGTH = 3;

/** `only`: what is asked for, where it is not both. */
export function readingsOf(text: string, found: Recognised | undefined, only?: "card"): Credential[] {
  if (!found) return [];
  const plate: Credential[] = found.plate && !only ? [{ type: "plate", plate: found.plate.canonical }] : [];
  return [...plate, ...found.cards.map(({ key, format, spellings }) => ({ type: "card" as const, text, key, format, spellings }))];
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
 * there is none. `ask`: the server's recognition; where it refuses the text, it is `typed` that is wrong.
 */
export async function settled(
  credentials: readonly Credential[],
  typed: string,
  ask: (text: string) => Promise<Recognised>,
  only?: "card",
): Promise<Credential[] | Unsettled> {
  const text = withoutControls(typed).trim();
  if (text === "") return [...credentials];
  const readings = text.length < LEAST_LENGTH ? [] : readingsOf(text, await ask(text).catch(refusedAsTyped), only);
  const [first] = readings;
  if (!first) return "not_recognised";
  return readings.length > 1 ? "ambiguous" : withCredential(credentials, first);
}

function refusedAsTyped(refused: unknown): never {
  if (!(refused instanceof Problem) || refused.fields.length === 0) throw refused;
  throw refused.about(refused.fields.map((field) => (field.path === "text" ? { ...field, path: "typed" } : field)));
}
