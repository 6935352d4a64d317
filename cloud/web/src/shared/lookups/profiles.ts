/** Models of meters that boxes can poll. */

import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";

export const profilesQuery = queryOptions({ queryKey: ["profiles"], queryFn: () => answer(api.GET("/api/meters/profiles")), staleTime: Infinity });

export const profileTitle = ({ maker, model }: { maker: string; model: string }) => `${maker} ${model}`;
