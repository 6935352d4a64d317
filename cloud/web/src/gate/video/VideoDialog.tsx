/** Video of a lane now, or of a passage: asked for by itself, played until it is closed or its time is up. */

import { useQuery } from "@tanstack/react-query";
import { IconReload } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import type { Schema } from "../api/client";
import { useWords } from "../i18n";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Notice, ProblemNotice } from "../ui/Notice";
import type { Fault } from "./player";
import classes from "./Video.module.css";

type Video = Schema["Video"];

interface VideoDialogProps {
  title: string;
  of: readonly [kind: "lane" | "passage", id: string];
  ask: () => Promise<Video>;
  onClose: () => void;
}

export function VideoDialog({ title, of, ask, onClose }: VideoDialogProps) {
  const { t } = useWords();
  const asking = useQuery({ queryKey: ["video", ...of], queryFn: ask, staleTime: Infinity, gcTime: 0, retry: false, refetchOnWindowFocus: false });
  const [fault, setFault] = useState<Fault | null>(null);
  const again = () => {
    setFault(null);
    void asking.refetch();
  };
  return (
    <Dialog title={title} onClose={onClose} wide>
      <div className={classes["frame"]}>
        {asking.isFetching && <p>{t("video.waiting")}</p>}
        {!asking.isFetching && asking.data && !fault && <Player key={asking.data.playlist} playlist={asking.data.playlist} label={title} onFault={setFault} />}
      </div>
      {asking.error && !asking.isFetching && <ProblemNotice error={asking.error} onRetry={again} />}
      {fault && (
        <Notice
          tone="attention"
          action={
            <Button icon={<IconReload aria-hidden />} onClick={again}>
              {t("video.again")}
            </Button>
          }
        >
          {t(`video.fault.${fault}`)}
        </Notice>
      )}
    </Dialog>
  );
}

/** The player's own script comes when a video is first asked for: most guards' tablets never need it. */
function Player({ playlist, label, onFault }: { playlist: string; label: string; onFault: (fault: Fault) => void }) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const shown = element.current;
    let stop: (() => void) | undefined;
    let isOver = false;
    import("./player").then(
      ({ play }) => {
        if (!isOver && shown) stop = play(shown, playlist, onFault);
      },
      () => isOver || onFault("broken"),
    );
    return () => {
      isOver = true;
      stop?.();
    };
  }, [playlist, onFault]);
  return <video ref={element} aria-label={label} autoPlay muted playsInline controls />;
}
