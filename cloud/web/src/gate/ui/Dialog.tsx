/** A question in front of everything: the browser's own dialog, which keeps the focus within and gives it back. */

import { IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useId, useRef } from "react";

import { useWords } from "../i18n";
import { Button } from "./Button";
import classes from "./Dialog.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
}

export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  const { t } = useWords();
  const heading = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    return () => {
      shown?.close();
      // It has left the page already, and the browser gives the focus back only while it is there.
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={classes["dialog"]}
      data-wide={wide || undefined}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className={classes["body"]}>
        <div className={classes["head"]}>
          <h2 id={heading}>{title}</h2>
          <Button tone="plain" aria-label={t("action.close")} icon={<IconX aria-hidden />} onClick={onClose} />
        </div>
        {children}
      </div>
    </dialog>
  );
}
