/** A guard's decision at a lane: shown at once, taken back visibly when the server says otherwise. */

import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { answer, api, type Schema } from "../api/client";
import { newId } from "../api/ids";
import { Problem } from "../api/problem";
import { boardQuery } from "../api/queries";
import { useWords } from "../i18n";
import { useSession } from "../session";
import { useProblemText } from "../ui/Notice";
import { play } from "../ui/sound";
import { useTimes } from "../ui/times";
import { say } from "../ui/toasts";
import { newsOf, outcomeOf, whyOf } from "./outcome";

export interface Decision {
  lane: Schema["Lane"];
  direction: Schema["Direction"];
  verdict: Schema["Verdict"];
  passage?: Schema["PassageView"] | null;
  pass?: string | null;
  plate?: string | null;
  reason?: Schema["ManualReason"];
  note?: string;
}

type Sent = Decision & { id: string };
type Board = Schema["Board"];

/** The board as it will be: the passage waits no more, and the lane says who decided. */
export function foretold(board: Board, { lane, passage, direction, verdict, plate, reason, note, id }: Sent, guard: Schema["Guard"], at: string): Board {
  const where = { point: lane.id, point_name: lane.name, direction, plate: plate ?? null, pass_number: passage?.held?.number ?? "" };
  const act = { id, at, guard, verdict, reason: reason ?? null, note: note ?? "", opened: null, detail: "", blacklisted: false, ...where };
  const about = passage && { last: { ...passage, waits: false, decided: act } };
  const lanes = board.lanes.map((each) =>
    each.id === lane.id ? { ...each, act, ...about, waiting: each.waiting.filter((one) => one.id !== passage?.id) } : each,
  );
  return { ...board, lanes };
}

async function foretell(client: QueryClient, sent: Sent, guard: Schema["Guard"]): Promise<Board | undefined> {
  await client.cancelQueries({ queryKey: boardQuery.queryKey });
  const before = client.getQueryData(boardQuery.queryKey);
  if (before) client.setQueryData(boardQuery.queryKey, foretold(before, sent, guard, new Date().toISOString()));
  return before;
}

function send({ id, lane, direction, verdict, passage, pass, plate, reason, note }: Sent): Promise<Schema["Decided"]> {
  const body = { id, direction, verdict, passage: passage?.id ?? null, pass_id: pass ?? null, plate: plate ?? null, reason: reason ?? null, note: note ?? "" };
  return answer(api.POST("/gate/api/lanes/{id}/decide", { params: { path: { id: lane.id } }, body }));
}

function doneKey(decided: Schema["Decided"]) {
  const outcome = outcomeOf(decided);
  if (outcome === "failed" || outcome === "unknown" || outcome === "pending") return `now.done.${outcome}` as const;
  return decided.blacklisted ? "now.done.against" : (`now.done.${decided.verdict}` as const);
}

/** "Иванов: не открылось, 14:05: реле не отвечает" */
export function useDecidedWords(): (decided: Schema["Decided"]) => string {
  const { t } = useWords();
  const times = useTimes();
  return (decided) => {
    const said = t("now.decidedBy", { name: decided.guard.name, what: t(doneKey(decided)), time: times.short(decided.at) });
    return [said, whyOf(decided, t)].filter(Boolean).join(": ");
  };
}

/** What the guard must hear at once of an opening that did not open, or of which nobody knows. */
function useTellNotOpened(): (decided: Schema["Decided"], lane: string) => void {
  const { t } = useWords();
  return (decided, lane) => {
    const outcome = outcomeOf(decided);
    if (outcome !== "failed" && outcome !== "unknown" && outcome !== "pending") return;
    const why = whyOf(decided, t);
    say(outcome === "failed" ? "bad" : "attention", [`${lane}: ${t(`now.notOpened.${outcome}`)}`, why].filter(Boolean).join(" "));
  };
}

function useRefusalWords(): (error: Error) => string {
  const { t } = useWords();
  const textOf = useProblemText();
  const decidedWords = useDecidedWords();
  return (error) => {
    if (error instanceof Problem && error.decided) return t("now.decidedOther", { who: decidedWords(error.decided) });
    if (error instanceof Problem && error.code === "late") return t("now.late");
    return t("now.undone", { why: textOf(error) });
  };
}

/** Passages that this page is deciding: a second press before the first was drawn is the same decision. */
const underWay = new Set<string>();

export function useDecide(onDone?: (decided: Schema["Decided"]) => void) {
  const { guard } = useSession();
  const client = useQueryClient();
  const refusalWords = useRefusalWords();
  const tellNotOpened = useTellNotOpened();
  const { mutate, isPending } = useMutation({
    mutationFn: send,
    onMutate: (sent: Sent) => foretell(client, sent, guard),
    onSuccess: (decided, { lane }) => {
      const sound = newsOf(decided);
      if (sound) play(sound);
      tellNotOpened(decided, lane.name);
      onDone?.(decided);
    },
    onError: (error, _sent, before) => {
      if (before) client.setQueryData(boardQuery.queryKey, before);
      play("attention");
      say("bad", refusalWords(error));
    },
    onSettled: (_decided, _error, { passage }) => {
      if (passage) underWay.delete(passage.id);
      return client.invalidateQueries({ queryKey: boardQuery.queryKey });
    },
  });
  const decide = (decision: Decision) => {
    const about = decision.passage?.id;
    if (about && underWay.has(about)) return;
    if (about) underWay.add(about);
    mutate({ ...decision, id: newId() });
  };
  return { decide, isPending };
}
