/** Somebody else changed the pass while a form of it was open: what they changed comes into the form, what was typed stays. */

import { type Credential, keyOf } from "@/shared/credentials/readings";
import type { Entered } from "./draft";

type Name = keyof Entered;

/** What goes together: a host is a person or a name, points are those of the site, and a day or no end take the place of a period. */
const TOGETHER: readonly (readonly Name[])[] = [["host", "hostText"], ["siteId", "points"]];
const OF_PERIOD: ReadonlySet<Name> = new Set(["from", "until"]);

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

const isAmong = (credentials: readonly Credential[], one: Credential) => credentials.some((other) => keyOf(other) === keyOf(one));

/** Theirs, without what was taken off here and with what was put on. */
function mergedCredentials(before: readonly Credential[], mine: readonly Credential[], theirs: readonly Credential[]): Credential[] {
  const kept = theirs.filter((one) => isAmong(mine, one) || !isAmong(before, one));
  return [...kept, ...mine.filter((one) => !isAmong(before, one) && !isAmong(theirs, one))];
}

export interface Merged {
  values: Entered;
  /** Changed here and there to different things: what was typed here stands in the form. */
  contested: ReadonlySet<Name>;
}

/** `before`: what the form began with; `mine`: what stands in it; `theirs`: what the pass has now. */
export function merged(before: Entered, mine: Entered, theirs: Entered): Merged {
  const group = (name: Name) => TOGETHER.find((names) => names.includes(name)) ?? [name];
  const isReplaced = (name: Name) => OF_PERIOD.has(name) && mine.validity !== before.validity;
  const isMine = (name: Name) => isReplaced(name) || group(name).some((each) => !isSame(mine[each], before[each]));
  const isTheirs = (name: Name) => group(name).some((each) => !isSame(theirs[each], before[each]));
  const names = (Object.keys(theirs) as Name[]).filter((name) => name !== "credentials");
  const taken = Object.fromEntries(names.filter((name) => !isMine(name)).map((name) => [name, theirs[name]]));
  const contested = names.filter((name) => isMine(name) && isTheirs(name) && !isSame(mine[name], theirs[name]));
  const credentials = mergedCredentials(before.credentials, mine.credentials, theirs.credentials);
  const given = { pin: mine.pin || theirs.pin, code: mine.code || theirs.code }; // once given they stay
  return { values: { ...mine, ...taken, ...given, credentials }, contested: new Set(contested) };
}
