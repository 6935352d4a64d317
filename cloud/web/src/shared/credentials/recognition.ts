/** What the server takes a typed plate or card for. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";

/** What a text may be; the same text is asked about once. */
export const recognitionOf = (text: string) =>
  queryOptions({
    queryKey: ["recognise", text],
    queryFn: () => answer(api.POST("/api/access/recognise", { body: { text } })),
    staleTime: Infinity,
  });
