/** A list that grows at its head while somebody looks at it. */

/** How many came before the one that was first when the list was looked at; 0: none, or it is gone. */
export function newer(items: readonly { id: string }[], top: string | undefined): number {
  return Math.max(0, items.findIndex(({ id }) => id === top));
}
