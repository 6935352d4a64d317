/** How large the browser's text is, of the usual size: what is measured in px beside text grows with it. */

const USUAL_PX = 16;

export function textScale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_PX;
}

/** `px` of a text of the usual size, as CSS. */
export function rem(px: number): string {
  return `${px / USUAL_PX}rem`;
}
