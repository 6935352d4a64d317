/** The part of an address after «?» is words, as the server reads it: the router's own way would take `288e93` for a number. */

export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

/** Of `search` what is said: its strings and numbers. */
export function stringifySearch(search: Record<string, unknown>): string {
  const said = Object.entries(search).flatMap(([name, value]) => (typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : []));
  return said.length > 0 ? `?${new URLSearchParams(said).toString()}` : "";
}
