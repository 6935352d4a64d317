/** What a violation begins with: of a pass, of a passage, or of what stands at a lane. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { getPicture } from "../api/client";
import { boardQuery, passageQuery, passQuery } from "../api/queries";
import type { Passage } from "../now/verdict";
import { NoPicture, shrink } from "../photos/shrink";
import type { Prefilled } from "../router";
import type { Form } from "../ui/useForm";
import type { Values } from "./NewViolation";

interface Seen {
  passage: Passage | undefined;
  /** Its picture is on the way: a violation that is sent before would leave it behind. */
  isComing: boolean;
  isMissing: boolean;
}

/** The server takes none that is older. */
const OLDEST_MS = 7 * 86_400_000 - 600_000;

function told(at: string | undefined): string | null {
  return at !== undefined && Date.now() - Date.parse(at) < OLDEST_MS ? at : null;
}

export function usePrefill({ pass, passage, lane }: Prefilled, form: Form<Values>): Seen {
  const { patch, values } = form;
  const { data: card } = useQuery({ ...passQuery(pass ?? ""), enabled: pass !== undefined });
  const { data: passed, isPending: isAsked } = useQuery({ ...passageQuery(passage ?? ""), enabled: passage !== undefined });
  const { data: board } = useQuery({ ...boardQuery, enabled: lane !== undefined });
  const at = board?.lanes.find(({ id }) => id === lane);
  const isKnown = passage === undefined || !isAsked;
  const path = (isKnown && (passed?.passage.still ?? at?.live)) || null;
  const picture = useQuery({ queryKey: ["still", path], queryFn: () => asPhoto(path ?? ""), enabled: path !== null, staleTime: Infinity, gcTime: 0, retry: false });

  const row = card?.row ?? passed?.passage.held;
  const plate = passed?.passage.plate ?? row?.plates[0];
  useOnce(card ?? passed, () => patch({ plate: plate ?? "", address: row?.address ?? "", household: row?.household ?? null, at: told(passed?.passage.at) }));
  useOnce(passage === undefined ? at : undefined, () => patch({ note: at?.name ?? "" }));
  useOnce(picture.data, (photo) => patch({ photos: [photo, ...values.photos] }));
  return { passage: passed?.passage, isComing: path !== null && picture.isPending, isMissing: picture.isError };
}

/** As a photo that was taken: drawn anew, kept as the violation's own. */
async function asPhoto(path: string): Promise<Blob> {
  try {
    return await shrink(await getPicture(path));
  } catch (error) {
    if (error instanceof NoPicture) throw new Error("no picture", { cause: error });
    throw error;
  }
}

/** What a guard changes afterwards stays: it is filled in once. */
function useOnce<T>(known: T | undefined, fill: (known: T) => void): void {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (known === undefined || isDone) return;
    setDone(true);
    fill(known);
  }, [known, isDone, fill]);
}
