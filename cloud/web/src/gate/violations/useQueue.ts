/** The queue of violations on the screen, and what sends it whenever the server can be heard. */

import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";

import { answer, api, sendPhoto } from "../api/client";
import { useLiveStatus } from "../api/Live";
import { violationsQuery } from "../api/queries";
import { refresh } from "../api/refresh";
import { useWords } from "../i18n";
import { useSession } from "../session";
import { type Queued, sendAll, type Server } from "./queue";
import { shelf } from "./shelf";

const EVERY_MS = 20_000;
const NOTE_MOST = 500;

export const server: Server = {
  photo: sendPhoto,
  violation: (body) => answer(api.POST("/gate/api/violations", { body })),
};

const queueQuery = queryOptions({ queryKey: ["queue"], queryFn: () => shelf.all(), staleTime: Infinity });

export function useQueue(): { queued: readonly Queued[]; put: (queued: Queued) => Promise<void>; drop: (id: string) => Promise<void> } {
  const client = useQueryClient();
  const { data = [] } = useQuery(queueQuery);
  const refresh = useCallback(() => client.invalidateQueries({ queryKey: queueQuery.queryKey }), [client]);
  const put = useCallback((queued: Queued) => shelf.put(queued).then(refresh), [refresh]);
  const drop = useCallback((id: string) => shelf.drop(id).then(refresh), [refresh]);
  return { queued: data, put, drop };
}

/** Another guard may be on duty when it goes: then its note says who had recorded it. */
function useSignedNote(): (queued: Queued) => Queued {
  const { t } = useWords();
  const { guard } = useSession();
  return (queued) => {
    if (queued.guard.id === guard.id) return queued;
    const note = [queued.body.note, t("violations.recordedBy", { name: queued.guard.name })].filter(Boolean).join(" ");
    return { ...queued, body: { ...queued.body, note: note.slice(-NOTE_MOST) } };
  };
}

export function useQueueSender(): void {
  const client = useQueryClient();
  const { data: queued } = useQuery(queueQuery);
  const state = useLiveStatus()?.state;
  const sign = useSignedNote();
  const signed = useRef(sign);
  useEffect(() => {
    signed.current = sign;
  });
  const isSending = useRef(false);
  const count = queued?.length ?? 0;
  useEffect(() => {
    if (count === 0) return;
    const send = async () => {
      if (isSending.current) return;
      isSending.current = true;
      try {
        const noted = { ...shelf, all: async () => (await shelf.all()).map(signed.current) };
        if (!(await sendAll(noted, server))) return;
        refresh(client, [queueQuery.queryKey, violationsQuery.queryKey]);
      } finally {
        isSending.current = false;
      }
    };
    void send();
    const timer = setInterval(() => void send(), EVERY_MS);
    return () => clearInterval(timer);
  }, [count, state, client]);
}
