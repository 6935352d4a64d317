/** Digits for fingers in gloves, and for a keyboard. What was typed is never shown. */

import { IconArrowLeft, IconBackspace } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import type { Schema } from "../api/client";
import { useWords } from "../i18n";
import { Button } from "../ui/Button";
import classes from "./Entry.module.css";
import { Refusal } from "./Refusal";

const FEWEST = 4;
const MOST = 8;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;

interface PinPadProps {
  guard: Schema["Guard"];
  isBusy: boolean;
  error: Error | null;
  onEnter: (pin: string) => void;
  onBack: () => void;
}

export function PinPad({ guard, isBusy, error, onEnter, onBack }: PinPadProps) {
  const { t } = useWords();
  const [pin, setPin] = useState("");
  useEffect(() => {
    if (error) setPin(""); // the next try begins anew
  }, [error]);
  const type = (digit: string) => setPin((typed) => (typed.length < MOST ? typed + digit : typed));
  const erase = () => setPin((typed) => typed.slice(0, -1));
  const isReady = pin.length >= FEWEST && !isBusy;
  const enter = () => {
    if (isReady) onEnter(pin);
  };
  usePinKeys({ type, erase, enter, back: onBack });
  return (
    <section className={classes["pin"]} aria-label={t("entry.pinFor", { name: guard.name })}>
      <Button icon={<IconArrowLeft aria-hidden />} onClick={onBack}>
        {t("entry.other")}
      </Button>
      <h1>{t("entry.pinFor", { name: guard.name })}</h1>
      <div className={classes["dots"]} role="status" aria-label={t("entry.digits", { count: pin.length })}>
        {Array.from({ length: Math.max(FEWEST, pin.length) }, (_, place) => (
          <span key={place} className={classes["dot"]} data-typed={place < pin.length || undefined} />
        ))}
      </div>
      {error && pin === "" && <Refusal error={error} />}
      <div className={classes["pad"]}>
        {DIGITS.map((digit) => (
          <Button key={digit} onClick={() => type(digit)}>
            {digit}
          </Button>
        ))}
        <Button aria-label={t("entry.erase")} icon={<IconBackspace aria-hidden />} onClick={erase} />
        <Button onClick={() => type("0")}>0</Button>
        <Button tone="good" disabled={!isReady} onClick={enter}>
          {t("entry.enter")}
        </Button>
      </div>
    </section>
  );
}

interface Acts {
  type: (digit: string) => void;
  erase: () => void;
  enter: () => void;
  back: () => void;
}

function usePinKeys(acts: Acts): void {
  const current = useRef(acts);
  useEffect(() => {
    current.current = acts;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { type, erase, enter, back } = current.current;
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const act = { Backspace: erase, Enter: enter, Escape: back }[event.key] ?? (/^\d$/.test(event.key) ? () => type(event.key) : undefined);
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
