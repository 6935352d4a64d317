/** Calls at intercoms, as the server keeps them. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import type { CallSearch } from "./search";

type Schemas = components["schemas"];
export type Call = Schemas["CallOut"];
export type CallState = Schemas["CallState"];

export function listCalls(query: PageQuery, search: CallSearch) {
  return answer(
    api.GET("/api/calls", {
      params: {
        query: {
          ...query,
          ...(search.state ? { state: [search.state as CallState] } : {}),
          ...(search.site ? { site_id: search.site } : {}),
          ...(search.point ? { point_id: search.point } : {}),
          ...(search.premises ? { premises_id: search.premises } : {}),
          ...ofComplex(search),
        },
      },
    }),
  );
}

export const callQuery = (id: string) =>
  queryOptions({
    queryKey: ["calls", "one", id],
    queryFn: () => answer(api.GET("/api/calls/{call_id}", { params: { path: { call_id: id } } })),
  });
