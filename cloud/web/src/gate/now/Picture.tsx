/** A camera's picture at a lane: that of the passage, or the present one, asked for anew when the last has come. */

import { IconCameraOff } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";

import { useWords } from "../i18n";
import classes from "./Lane.module.css";

const EVERY_MS = 2_000;
const AFTER_FAULT_MS = 6_000;

interface PictureProps {
  still: string | null;
  live: string | null;
  of: string;
  children?: ReactNode;
}

export function Picture({ still, live, of, children }: PictureProps) {
  const { t } = useWords();
  return (
    <figure className={classes["picture"]}>
      {still ? <Still path={still} of={of} /> : live ? <LivePicture path={live} of={of} /> : <Nothing words={t("now.noPicture")} />}
      {(still ?? live) && <figcaption>{still ? t("now.still") : t("now.live")}</figcaption>}
      {children}
    </figure>
  );
}

function Nothing({ words }: { words: string }) {
  return (
    <span className={classes["none"]}>
      <IconCameraOff size={34} aria-hidden />
      <span>{words}</span>
    </span>
  );
}

function Still({ path, of }: { path: string; of: string }) {
  return <img src={path} alt={of} />;
}

/** The next is loaded behind the one that is shown: nothing flickers, and a slow camera is not hurried. */
function LivePicture({ path, of }: { path: string; of: string }) {
  const { t } = useWords();
  const [shown, setShown] = useState<string | null>(null);
  const [isGone, setGone] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const load = () => {
      if (document.hidden) {
        timer = setTimeout(load, EVERY_MS);
        return;
      }
      const next = new Image();
      const then = (gone: boolean) => {
        if (isOver) return;
        setGone(gone);
        if (!gone) setShown(next.src);
        timer = setTimeout(load, gone ? AFTER_FAULT_MS : EVERY_MS);
      };
      next.onload = () => then(false);
      next.onerror = () => then(true);
      next.src = `${path}?at=${Date.now()}`;
    };
    load();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path]);
  if (isGone) return <Nothing words={t("now.pictureGone")} />;
  return shown ? <img src={shown} alt={of} /> : null;
}
