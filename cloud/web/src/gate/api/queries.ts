/** What is asked of the server, by the key under which it is kept. */

import { infiniteQueryOptions, keepPreviousData, QueryCache, QueryClient, MutationCache, queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";
import type { paths } from "./gate-schema";
import { Problem } from "./problem";

type Query<Path extends "/gate/api/passes" | "/gate/api/visits" | "/gate/api/passages"> = NonNullable<paths[Path]["get"]["parameters"]["query"]>;
export type Show = NonNullable<Query<"/gate/api/passes">["show"]>;
export type ShowPassages = NonNullable<Query<"/gate/api/passages">["show"]>;
export type Rows = NonNullable<Query<"/gate/api/passages">["rows"]>;
export type ShowVisits = NonNullable<Query<"/gate/api/visits">["show"]>;

/** Beside the live events: what grows by itself, such as the list's age, and a guard against an event that got lost. */
const BOARD_MS = 10_000;
const LISTED = 100;
const PAST = 50;

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => answer(api.GET("/gate/api/me")),
  staleTime: 30_000,
});

export const boardQuery = queryOptions({
  queryKey: ["board"],
  queryFn: ({ signal }) => answer(api.GET("/gate/api/board", { signal })),
  refetchInterval: BOARD_MS,
});

export const passesQuery = (q: string, show: Show) =>
  queryOptions({
    queryKey: ["passes", q, show],
    queryFn: ({ signal }) => answer(api.GET("/gate/api/passes", { params: { query: { q, show, limit: LISTED } }, signal })),
    placeholderData: keepPreviousData,
  });

export const passQuery = (id: string) =>
  queryOptions({
    queryKey: ["pass", id],
    queryFn: ({ signal }) => answer(api.GET("/gate/api/passes/{id}", { params: { path: { id } }, signal })),
  });

export const passagesQuery = (point: string, limit: number) =>
  queryOptions({
    queryKey: ["passages", point, limit],
    queryFn: ({ signal }) => answer(api.GET("/gate/api/passages", { params: { query: { point, limit } }, signal })),
  });

export const passageQuery = (id: string) =>
  queryOptions({
    queryKey: ["passage", id],
    queryFn: ({ signal }) => answer(api.GET("/gate/api/passages/{id}", { params: { path: { id } }, signal })),
  });

interface Sought {
  q?: string | undefined;
  show?: ShowPassages | undefined;
  rows?: Rows | undefined;
  point?: string | undefined;
}

type Page = Awaited<ReturnType<NonNullable<ReturnType<typeof passagesQuery>["queryFn"]>>>;
export type Past = Page["items"][number] | Page["openings"][number];

/** Both kinds of a page in one row, newest first, as the servers have them. */
export function rowsOf({ items, openings }: Pick<Page, "items" | "openings">): readonly Past[] {
  return [...items, ...openings].sort((one, other) => Date.parse(other.at) - Date.parse(one.at) || (other.id > one.id ? 1 : -1));
}

type Last = { before?: string; before_id?: string };

/** Page by page back in time, from a moment or from now. No event makes it stale: what came since is looked for by `newerQuery`. */
export const pastQuery = ({ q = "", show = "all", rows = "all", point }: Sought, before: Date | undefined) =>
  infiniteQueryOptions({
    queryKey: ["past", q, show, rows, point, before?.toISOString()],
    queryFn: ({ pageParam, signal }) => answer(api.GET("/gate/api/passages", { params: { query: { q, show, rows, limit: PAST, ...(point && { point }), ...pageParam } }, signal })),
    placeholderData: keepPreviousData,
    initialPageParam: (before ? { before: before.toISOString() } : {}),
    getNextPageParam: (page): Last | undefined => {
      const last = rowsOf(page).at(-1);
      return page.more && last ? { before: last.at, before_id: last.id } : undefined;
    },
  });

/** What was found of those and happened since: a look that costs little, however much is searched. */
export const newerQuery = ({ q = "", show = "all", rows = "all", point }: Sought, after: string) =>
  queryOptions({
    queryKey: ["passages", "newer", q, show, rows, point, after],
    queryFn: ({ signal }) => answer(api.GET("/gate/api/passages", { params: { query: { q, show, rows, limit: PAST, after, ...(point && { point }) } }, signal })),
  });

export const visitsQuery = (q: string, show: ShowVisits) =>
  queryOptions({
    queryKey: ["visits", q, show],
    queryFn: ({ signal }) => answer(api.GET("/gate/api/visits", { params: { query: { q, show, limit: LISTED } }, signal })),
    placeholderData: keepPreviousData,
  });

export const violationsQuery = queryOptions({
  queryKey: ["violations"],
  queryFn: ({ signal }) => answer(api.GET("/gate/api/violations", { signal })),
});

export const shiftsQuery = queryOptions({
  queryKey: ["shifts"],
  queryFn: ({ signal }) => answer(api.GET("/gate/api/shifts", { signal })),
});

export const reportQuery = (id: string) =>
  queryOptions({
    queryKey: ["report", id],
    queryFn: ({ signal }) => answer(api.GET("/gate/api/shifts/{id}/report", { params: { path: { id } }, signal })),
  });

const RETRIES = 2;

export function makeQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof Problem && error.status === 401 && !WRONG.has(error.code)) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => error instanceof Problem && error.isTemporary && failures < RETRIES,
        networkMode: "always", // the box is on the site's network, whatever the browser thinks of the internet
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

/** 401 of a try to sign in: nobody's session has ended. */
const WRONG = new Set(["wrong_pin", "unknown_card"]);
