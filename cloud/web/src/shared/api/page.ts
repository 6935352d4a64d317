/** How every list is asked for and answered; see the server's convention (`page`, `page_size`, `sort`, `q`). */

export interface Page<T> {
  items: T[];
  total: number;
  total_capped?: boolean;
  next: number | null;
}

export const PAGE_SIZES = [25, 50, 100] as const;
export const DEFAULT_PAGE_SIZE = 50;

/** The part of a list's address that all lists share. */
export interface ListSearch {
  q?: string;
  sort?: string;
  page?: number;
  size?: number;
  /** The card open beside the list. */
  open?: string;
}

function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function whole(value: unknown, least: number, most: number): number | undefined {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= least && number <= most
    ? number
    : undefined;
}

/** What the address says, with whatever makes no sense left out; `filters` are the list's own parameters. */
export function parseListSearch<F extends string = never>(
  raw: Record<string, unknown>,
  filters: readonly F[] = [],
): ListSearch & Partial<Record<F, string>> {
  const common = {
    q: text(raw["q"]),
    sort: text(raw["sort"]),
    page: whole(raw["page"], 1, 100_000),
    size: PAGE_SIZES.find((size) => size === whole(raw["size"], 1, 200)),
    open: text(raw["open"]),
  };
  const own = Object.fromEntries(filters.map((name) => [name, text(raw[name])]));
  const known = Object.entries({ ...common, ...own }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as ListSearch & Partial<Record<F, string>>;
}

export interface PageQuery {
  page: number;
  page_size: number;
  sort?: string;
  q?: string;
}

/** The address as the server's parameters. */
export function pageQuery(search: ListSearch): PageQuery {
  return {
    page: search.page ?? 1,
    page_size: search.size ?? DEFAULT_PAGE_SIZE,
    ...(search.sort ? { sort: search.sort } : {}),
    ...(search.q ? { q: search.q } : {}),
  };
}
