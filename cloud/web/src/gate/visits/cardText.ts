/** A card's match key as people find it on the card: `EM:007BB26E` → `0008106606`; others as they are kept. */
export function cardText(key: string): string {
  const em = /^EM:([0-9A-F]{8})$/.exec(key);
  return em?.[1] ? String(parseInt(em[1], 16)).padStart(10, "0") : key.replace(/^[A-Z0-9]+:/, "");
}
