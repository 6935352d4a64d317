/** What stands in a field of plates and cards without what no hand types. */

/** A serial reader frames its numbers in them, a text processor breaks lines by one; the server takes none of them. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** What they part stays parted. */
export function withoutControls(typed: string): string {
  const plain = typed.replace(CONTROL, " ");
  return plain === typed ? typed : plain.trim();
}
