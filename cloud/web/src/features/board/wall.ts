/** How lanes are laid out on a screen that nobody scrolls. */

/** Letters are as large as this part of a lane's width or height lets them be. */
const BY_WIDTH = 0.11;
const BY_HEIGHT = 0.13;
/** Narrower screens are held in the hand, and scrolled. */
const LEAST_PX = 700;

/** In how many columns `count` lanes have the largest letters. */
export function columnsFor(count: number, width: number, height: number): number {
  if (width < LEAST_PX) return 1;
  const letters = (columns: number) => Math.min((BY_WIDTH * width) / columns, (BY_HEIGHT * height) / Math.ceil(count / columns));
  const all = Array.from({ length: Math.max(1, count) }, (_, index) => index + 1);
  return all.reduce((best, columns) => (letters(columns) > letters(best) ? columns : best));
}
