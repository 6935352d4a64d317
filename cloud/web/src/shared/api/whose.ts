/** Whose things are, as the answers told: while lists show all companies, what is done to a thing is done in its own. */

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** An account is of no company. */
const OF_NOBODY = /account|actor|organisation/;
const owners = new Map<string, string>();

/** Takes note of the rows of an answer, or of the one thing that it is. */
export function learn(data: unknown): void {
  if (!isRecord(data)) return;
  const items = data["items"];
  for (const row of Array.isArray(items) ? (items as unknown[]) : [data]) {
    if (isRecord(row) && typeof row["organisation_id"] === "string") note(row, row["organisation_id"]);
  }
}

function note(row: Record<string, unknown>, owner: string): void {
  for (const [name, value] of Object.entries(row)) {
    if ((name === "id" || name.endsWith("_id")) && typeof value === "string" && !OF_NOBODY.test(name)) owners.set(value, owner);
  }
}

/** The one company of all things that are named; null where none is known, or several are. */
export function ownerOf(text: string): string | null {
  const found = new Set((text.match(ID) ?? []).flatMap((id) => owners.get(id) ?? []));
  return found.size === 1 ? ([...found][0] ?? null) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
