/** Heights of bars, and round numbers beside them. */

/** The least of 1, 2 or 5 times a power of ten that is not less than a quarter of the most: four lines at most. */
export function stepOf(most: number): number {
  if (most <= 4) return 1;
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? 10 * power;
}

/** Where lines stand, from 0 to the first that is not below the most. */
export function linesOf(most: number): number[] {
  const step = stepOf(most);
  const count = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** Which of so many bars get a word below them, so that words do not touch. */
export function isNamed(index: number, count: number, most: number): boolean {
  return index % Math.max(1, Math.ceil(count / most)) === 0;
}
