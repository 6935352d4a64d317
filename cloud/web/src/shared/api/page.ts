/** How every list is asked for and answered; see the server's convention (`page`, `page_size`, `sort`, `q`). */

import { isDay } from "@/shared/format/dates";

export interface Page<T> {
  items: T[];
  total: number;
  total_capped?: boolean;
  next: number | null;
}

/** How many rows are fetched at a time. */
export const PAGE_SIZE = 100;

/** The part of a list's address that all lists share. */
export interface ListSearch {
  q?: string;
  sort?: string;
  /** The page that is seen, from 1: what a link, or the way back, leads to. */
  page?: number;
  /** The card open beside the list. */
  open?: string;
  /** The complex that the desk shows; it belongs to every page there. */
  complex?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function whole(value: unknown, least: number, most: number): number | undefined {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= least && number <= most
    ? number
    : undefined;
}

/** What a parameter may be; what it may not be falls away. */
export type Check = (value: string) => boolean;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isId: Check = (value) => UUID.test(value);
export const anything: Check = () => true;
export const oneOf =
  (values: readonly string[]): Check =>
  (value) =>
    values.includes(value);

/** A parameter that may be this; undefined: it may not. */
export function checked(value: unknown, fits: Check): string | undefined {
  const found = text(value);
  return found !== undefined && fits(found) ? found : undefined;
}

interface ListAddress<F extends string> {
  /** The list's own parameters, and what each may be. */
  filters?: Readonly<Record<F, Check>>;
  /** Names of sorts that the server knows; a leading minus turns them. Absent: any. */
  sorts?: readonly string[];
}

/** What the address says, with whatever makes no sense left out; `filters` are the list's own parameters. */
export function parseListSearch<F extends string = never>(
  raw: Record<string, unknown>,
  address: readonly F[] | ListAddress<F> = {},
): ListSearch & Partial<Record<F, string>> {
  const { filters, sorts } = isNames(address) ? namesOnly(address) : address;
  const common = {
    q: text(raw["q"]),
    sort: checked(raw["sort"], (sort) => sorts?.includes(sort.replace(/^-/, "")) ?? true),
    page: whole(raw["page"], 1, 100_000),
    open: checked(raw["open"], isId),
  };
  const own = Object.fromEntries(Object.entries<Check>(filters ?? {}).map(([name, fits]) => [name, checked(raw[name], fits)]));
  return sensible(raw, { ...common, ...own });
}

/** What is known of an address; nonsense in it is named undefined, for the router keeps what nobody answers for. */
export function sensible(raw: Record<string, unknown>, known: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(known).filter(([name, value]) => value !== undefined || name in raw));
}

function isNames<F extends string>(address: readonly F[] | ListAddress<F>): address is readonly F[] {
  return Array.isArray(address);
}

function namesOnly<F extends string>(names: readonly F[]): ListAddress<F> {
  return { filters: Object.fromEntries(names.map((name) => [name, name === "day" ? isDay : anything])) as Record<F, Check> };
}

export interface PageQuery {
  page: number;
  page_size: number;
  sort?: string;
  q?: string;
}

/** The address as the server's parameters, for one of the list's pages. */
export function pageQuery(search: ListSearch, page: number): PageQuery {
  return {
    page,
    page_size: PAGE_SIZE,
    ...(search.sort ? { sort: search.sort } : {}),
    ...(search.q ? { q: search.q } : {}),
  };
}
