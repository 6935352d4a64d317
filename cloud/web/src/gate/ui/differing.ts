/** Where two plates differ, by place in the first; of unlike lengths nothing can be said place by place. */
export function differing(plate: string, read: string): ReadonlySet<number> {
  if (plate.length !== read.length) return new Set();
  return new Set(Array.from(plate).flatMap((character, place) => (character === read[place] ? [] : [place])));
}
