/** Zones as they lie in one another. */

import type { Zone } from "./api";

type Node = Pick<Zone, "id" | "name" | "parent_id">;

/** Each after the one in which it lies, those side by side in the order given; `depth` 0: nothing is around it but outside. */
export function inTree<T extends Node>(zones: readonly T[]): { zone: T; depth: number }[] {
  const known = new Set(zones.map(({ id }) => id));
  const rootOf = ({ parent_id: parent }: T) => (parent && known.has(parent) ? parent : null);
  const below = (parent: string | null, depth: number): { zone: T; depth: number }[] =>
    zones.filter((zone) => rootOf(zone) === parent).flatMap((zone) => [{ zone, depth }, ...below(zone.id, depth + 1)]);
  return below(null, 0);
}

/** `Territory › Parking`. */
export function pathOf(zones: readonly Node[], id: string | null): string {
  const names: string[] = [];
  for (let at = find(zones, id); at && names.length <= zones.length; at = find(zones, at.parent_id ?? null)) names.unshift(at.name);
  return names.join(" › ");
}

function find(zones: readonly Node[], id: string | null): Node | undefined {
  return zones.find((zone) => zone.id === id);
}

/** In which of them a zone may lie: not in itself, nor in what lies in it. */
export function mayHold<T extends Node>(zones: readonly T[], id: string | undefined): T[] {
  if (id === undefined) return [...zones];
  const isWithin = (zone: Node): boolean => {
    for (let at: Node | undefined = zone, steps = 0; at && steps <= zones.length; at = find(zones, at.parent_id ?? null), steps++) {
      if (at.id === id) return true;
    }
    return false;
  };
  return zones.filter((zone) => !isWithin(zone));
}
