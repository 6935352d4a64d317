/** Marking that whoever is inside has left unseen: nothing opens, and nothing counts as a passage. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { plateText } from "@/shared/format/plates";
import { answer, api, type Schema } from "../api/client";
import { refresh } from "../api/refresh";
import { useWords } from "../i18n";
import { usePassWords } from "../now/PassBrief";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { ProblemNotice } from "../ui/Notice";
import { Tiles } from "../ui/Tiles";
import { say } from "../ui/toasts";

const WHYS = ["behind", "open", "absent"] as const;
/** What a tile stands for who came on foot: an empty one is none. */
const ON_FOOT = "foot";

export function MarkLeft({ row, onClose }: { row: Schema["PassRow"]; onClose: () => void }) {
  const { t } = useWords();
  const words = usePassWords();
  const client = useQueryClient();
  const { inside } = row;
  const [chosen, setChosen] = useState<string>();
  const [why, setWhy] = useState("");
  const carrier = inside.length > 1 ? chosen : (inside[0] || ON_FOOT);
  const marking = useMutation({
    mutationFn: () => {
      const body = { carrier: carrier === ON_FOOT ? "" : (carrier ?? null), why: why.trim() };
      return answer(api.POST("/gate/api/passes/{id}/left", { params: { path: { id: row.id } }, body }));
    },
    onSuccess: () => {
      say("good", t("passes.left.done"));
      onClose();
    },
    onSettled: () => refresh(client, [["passes"], ["pass"], ["board"]]),
  });
  const tiles = inside.map((each) => ({ value: each || ON_FOOT, label: each ? plateText(each) : t("passes.left.onFoot") }));
  return (
    <Dialog title={t("passes.left.title", { who: words.who(row) })} onClose={onClose}>
      <p>{t("passes.left.hint")}</p>
      {inside.length > 1 && <Tiles label={t("passes.left.which")} tiles={tiles} value={chosen} onChoose={setChosen} />}
      <Tiles label={t("passes.left.why")} tiles={WHYS.map((each) => ({ value: each, label: t(`passes.left.whys.${each}`) }))} value={null} onChoose={(each) => setWhy(t(`passes.left.whys.${each}`))} />
      <Field label={t("passes.left.inWords")} value={why} onChange={setWhy} maxLength={500} />
      {marking.error && <ProblemNotice error={marking.error} />}
      <Button tone="good" size="big" disabled={marking.isPending || carrier === undefined || why.trim() === ""} onClick={() => marking.mutate()}>
        {t("passes.left.button")}
      </Button>
    </Dialog>
  );
}
