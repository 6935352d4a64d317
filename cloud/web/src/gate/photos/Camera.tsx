/** The computer's camera: see, press, done. */

import { IconCamera } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { useWords } from "../i18n";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Notice } from "../ui/Notice";
import classes from "./Photos.module.css";
import { shrink } from "./shrink";

export function Camera({ onTaken, onClose }: { onTaken: (photo: Blob) => void; onClose: () => void }) {
  const { t } = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"opening" | "open" | "refused">("opening");
  useEffect(() => {
    let stream: MediaStream | undefined;
    let isOver = false;
    const stop = () => stream?.getTracks().forEach((track) => track.stop());
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: "environment", width: { ideal: 1600 } } })
      .then((opened) => {
        stream = opened;
        if (isOver || !video.current) return stop();
        video.current.srcObject = opened;
        setState("open");
        return video.current.play();
      })
      .catch(() => setState("refused"));
    return () => {
      isOver = true;
      stop();
    };
  }, []);
  const take = async () => {
    if (video.current) onTaken(await shrink(video.current));
  };
  return (
    <Dialog title={t("photo.camera")} onClose={onClose}>
      {state === "refused" ? <Notice tone="attention">{t("photo.noCamera")}</Notice> : <video ref={video} className={classes["video"]} muted playsInline />}
      <Button tone="info" size="big" icon={<IconCamera aria-hidden />} disabled={state !== "open"} onClick={() => void take()}>
        {t("photo.shoot")}
      </Button>
    </Dialog>
  );
}
