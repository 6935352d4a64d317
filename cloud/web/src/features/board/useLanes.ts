/** Every point with the last who came; asked again while a picture is on its way. */

import { useQuery } from "@tanstack/react-query";

import { useComplex } from "@/shared/complex/useComplex";
import { listLanes } from "./api";
import { awaitStill } from "@/shared/ui/Still";

export function useLanes() {
  const complex = useComplex();
  return useQuery({
    queryKey: ["passages", "lanes", complex],
    queryFn: () => listLanes(complex),
    refetchInterval: ({ state }) => awaitStill(...(state.data ?? []).map(({ passage }) => passage)),
  });
}
