/** Every point with the last who came; asked again while a picture is on its way. */

import { useQuery } from "@tanstack/react-query";

import { listLanes } from "./api";
import { awaitStill } from "./Still";

export const useLanes = () =>
  useQuery({
    queryKey: ["passages", "lanes"],
    queryFn: listLanes,
    refetchInterval: ({ state }) => awaitStill(...(state.data ?? []).map(({ passage }) => passage)),
  });
