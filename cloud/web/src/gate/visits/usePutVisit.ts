/** A visit is sent whole, whatever changes of it. */

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer, api, type Schema } from "../api/client";
import { refresh } from "../api/refresh";
import { useProblemText } from "../ui/Notice";
import { say } from "../ui/toasts";

export type Visit = Schema["VisitView"];
export type Asked = Schema["PutVisit"];

export function put(id: string, body: Asked): Promise<Visit> {
  return answer(api.PUT("/gate/api/visits/{id}", { params: { path: { id } }, body }));
}

/** What stands now, as it is sent back with a change. */
export function asked(visit: Visit, changed: Partial<Asked>): Asked {
  const { state, name, document, plate, host, address, household, purpose, pass_id, point, card_back, note } = visit;
  const photos = visit.photos.map(({ sha256 }) => sha256);
  const kept = { state, name, document, phone: visit.phone ?? "", plate: plate ?? "", host, host_phone: visit.host_phone ?? "", address, household, purpose, pass_id, point, card: visit.card ?? "", card_back, photos, note };
  return { ...kept, ...changed };
}

export function useChangeVisit(onDone: () => void) {
  const client = useQueryClient();
  const textOf = useProblemText();
  return useMutation({
    mutationFn: ({ visit, changed }: { visit: Visit; changed: Partial<Asked> }) => put(visit.id, asked(visit, changed)),
    onSuccess: onDone,
    onError: (error) => say("bad", textOf(error)),
    onSettled: () => {
      refresh(client, [["visits"], ["board"]]);
    },
  });
}
