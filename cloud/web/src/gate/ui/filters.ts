/** A filter is a link: the router marks the one whose whole search is that of the address. */

export const CHOSEN = { exact: true, includeSearch: true } as const;
