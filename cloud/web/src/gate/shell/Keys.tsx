/** What the keyboard can do here, asked for with «?». */

import { useEffect, useRef } from "react";

import { matches } from "@/shared/keys/matches";
import { useWords } from "../i18n";
import { Dialog } from "../ui/Dialog";
import { isDialogOpen, isTypedInto } from "../ui/typing";
import classes from "./Shell.module.css";

const KEYS = [
  ["search", []],
  ["open", ["Enter"]],
  ["move", ["↑", "↓"]],
  ["back", ["Esc"]],
  ["lane", ["←", "→"]],
  ["confirm", ["F2"]],
  ["refuse", ["F4"]],
  ["byHand", ["F8"]],
  ["reason", ["1", "…", "9"]],
  ["help", ["?"]],
] as const;

export function Keys({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl className={classes["keys"]}>
        {KEYS.map(([name, keys]) => (
          <div key={name}>
            <dt>{t(`keys.${name}`)}</dt>
            <dd>{keys.length > 0 ? keys.map((key) => <kbd key={key}>{key}</kbd>) : <kbd>{t("keys.letters")}</kbd>}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** The search nearly always has the focus: «?» asks for help there as long as nothing was typed. */
function isForHelp(event: KeyboardEvent): boolean {
  if (isDialogOpen() || !matches("?", event)) return false;
  const { target } = event;
  return !isTypedInto(target) || (target instanceof HTMLInputElement && target.type === "search" && target.value === "");
}

/** Before the search hears the key. */
export function useHelpKey(help: () => void): void {
  const act = useRef(help);
  useEffect(() => {
    act.current = help;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!isForHelp(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act.current();
    };
    document.addEventListener("keydown", onKey, true);
    return () => document.removeEventListener("keydown", onKey, true);
  }, []);
}
