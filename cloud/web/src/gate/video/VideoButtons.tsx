/** What opens a video: over a lane's picture, and beside a passage. Where there is none to be had, there is no button. */

import { IconPlayerPlayFilled, IconVideo } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api, type Schema } from "../api/client";
import { useWords } from "../i18n";
import type { Passage } from "../now/verdict";
import { Button } from "../ui/Button";
import { useTimes } from "../ui/times";
import { VideoDialog } from "./VideoDialog";

export function LaneVideo({ lane, className }: { lane: Schema["Lane"]; className: string }) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const { id, name } = lane;
  const ask = () => answer(api.GET("/gate/api/lanes/{id}/video", { params: { path: { id } } }));
  if (!lane.video) return null;
  return (
    <>
      <Button className={className} icon={<IconVideo aria-hidden />} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {t("video.button")}
      </Button>
      {isOpen && <VideoDialog title={t("video.live", { lane: name })} of={["lane", id]} ask={ask} onClose={() => setOpen(false)} />}
    </>
  );
}

/** `isNamed`: with its word, where a whole page is the passage's. */
export function PassageVideo({ passage, isNamed = false }: { passage: Passage; isNamed?: boolean }) {
  const { t } = useWords();
  const times = useTimes();
  const [isOpen, setOpen] = useState(false);
  const { id, at, point_name } = passage;
  const ask = () => answer(api.GET("/gate/api/passages/{id}/video", { params: { path: { id } } }));
  if (!passage.video) return null;
  const title = t("video.passage", { lane: point_name, time: times.short(at) });
  return (
    <>
      <Button tone={isNamed ? "default" : "plain"} icon={<IconPlayerPlayFilled aria-hidden />} aria-label={title} title={title} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {isNamed && t("video.button")}
      </Button>
      {isOpen && <VideoDialog title={title} of={["passage", id]} ask={ask} onClose={() => setOpen(false)} />}
    </>
  );
}
