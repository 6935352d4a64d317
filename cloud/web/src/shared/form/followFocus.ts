/** Where the focus goes when what had it is taken away: to the next row, else the one before, else the list's search or the heading. */

const AWAITED_MS = 10_000;
const ROW = "tr, li, [data-row]";
const FOCUSABLE = "button:not(:disabled), a[href], input:not(:disabled)";

export function isFocusLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** All that may take the focus once `element` is gone, the best first: looked for while it still stands there. */
export function near(element: HTMLElement): HTMLElement[] {
  const row = element.closest(ROW);
  const rows = [...(row?.parentElement?.children ?? [])];
  const place = row ? rows.indexOf(row) : -1;
  const others = [...rows.slice(place + 1), ...rows.slice(0, Math.max(0, place)).reverse()];
  const headings = [element.closest("section")?.querySelector("h2, h3"), document.querySelector("main [role=search] input"), document.querySelector("main h1")];
  return [...others, ...headings].filter((one): one is HTMLElement => one instanceof HTMLElement && one.ariaHidden !== "true");
}

function take(place: HTMLElement): void {
  const isRow = place.matches(ROW) && !place.hasAttribute("tabindex");
  const target = isRow ? place.querySelector<HTMLElement>(FOCUSABLE) : place;
  if (!target) return;
  if (/^H\d$/.test(target.tagName)) target.tabIndex = -1;
  target.focus();
}

/** Until `element` is taken away, or turns out to stay: then the focus is its own again. Whoever goes elsewhere meanwhile stays there. */
export function followFocus(element: HTMLElement, places = near(element)): void {
  const end = () => {
    observer.disconnect();
    clearTimeout(timer);
    // After what takes it away has come to its end.
    setTimeout(() => {
      if (!isFocusLost()) return;
      if (element.isConnected) element.focus();
      else places.filter(({ isConnected }) => isConnected).some((place) => (take(place), !isFocusLost()));
    });
  };
  const observer = new MutationObserver(() => {
    if (!element.isConnected) end();
  });
  observer.observe(document.body, { childList: true, subtree: true });
  const timer = setTimeout(end, AWAITED_MS);
  if (!element.isConnected) end();
}
