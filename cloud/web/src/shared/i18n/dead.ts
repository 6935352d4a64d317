/** Which of a catalogue's words are shown nowhere. */

export const PLURAL = /_(zero|one|few|many|other)$/;

export function keysOf(words: object, within = ""): string[] {
  return Object.entries(words).flatMap(([name, word]) => (typeof word === "string" ? [within + name] : keysOf(word as object, `${within}${name}.`)));
}

/** Whether the code names the key, as it is or by a template such as `gate.reason.${reason}`. */
export function used(source: string): (key: string) => boolean {
  const literals = new Set([...source.matchAll(/["'`]([\w.]+)["'`]/g)].map((found) => found[1]));
  const templates = [...source.matchAll(/`((?:[\w.]|\$\{[^`{}]*\})+)`/g)].map((found) => found[1] ?? "").filter((text) => text.includes("${"));
  // A template of nothing but a value says nothing about keys.
  const patterns = templates.map((text) => text.replace(/\./g, "\\.").replace(/\$\{[^}]*\}/g, "\\w+")).filter((pattern) => /^\w+\\\./.test(pattern) && !pattern.startsWith("\\w"));
  const pattern = new RegExp(`^(${patterns.join("|")})$`);
  return (key) => literals.has(key) || pattern.test(key);
}
