/** The board's lanes: the newest passage of each point. */

import type { Passage } from "./api";

/** Newest first in, one passage per point out; lanes keep their places (by site and name), whatever happens in them. */
export function lanesOf(latest: readonly Passage[]): Passage[] {
  const newest = new Map<string, Passage>();
  for (const passage of latest) {
    const known = newest.get(passage.point_id);
    if (!known || known.at < passage.at) newest.set(passage.point_id, passage);
  }
  const place = (passage: Passage) => `${passage.site}\u0000${passage.point}`;
  return [...newest.values()].sort((a, b) => place(a).localeCompare(place(b), "ru", { numeric: true }));
}
