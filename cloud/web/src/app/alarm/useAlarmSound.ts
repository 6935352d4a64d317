/** Repeats the emergency's sound while it is needed; of several tabs one sounds. */

import { useEffect, useState } from "react";

import { AlarmSound } from "./sound";

const EVERY_MS = 4_000;
const LOCK = "domovoy.alarm.sound";
const GESTURES = ["pointerdown", "keydown"] as const;

/** "blocked": the browser waits for a click. */
export type SoundState = "silent" | "sounding" | "blocked";

/** One tab of the browser has the lock; where locks do not exist every tab sounds. */
function takeTurn(ended: AbortSignal, sound: () => void): void {
  if (!("locks" in navigator)) {
    sound();
    return;
  }
  const turn = () => {
    sound();
    return new Promise<void>((resolve) => ended.addEventListener("abort", () => resolve()));
  };
  navigator.locks.request(LOCK, { signal: ended }, turn).catch((error: unknown) => {
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
  });
}

export function useAlarmSound(isNeeded: boolean): SoundState {
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    if (!isNeeded) return;
    const sound = new AlarmSound();
    const ended = new AbortController();
    let timer: ReturnType<typeof setInterval> | undefined;
    const repeat = () => {
      sound.play();
      timer = setInterval(() => sound.play(), EVERY_MS);
    };
    let isTaken = false;
    const wake = async () => {
      const ready = await sound.wake();
      if (!ready || isTaken || ended.signal.aborted) return;
      isTaken = true;
      setReady(true);
      takeTurn(ended.signal, repeat);
    };
    const onGesture = () => void wake();
    for (const gesture of GESTURES) window.addEventListener(gesture, onGesture, { signal: ended.signal });
    void wake();
    return () => {
      clearInterval(timer);
      ended.abort();
      sound.close();
      setReady(false);
    };
  }, [isNeeded]);
  if (!isNeeded) return "silent";
  return isReady ? "sounding" : "blocked";
}
