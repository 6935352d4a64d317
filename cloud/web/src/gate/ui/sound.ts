/** Three sounds that nobody takes for one another: let in (rising), refused (low, twice), look here (high, three times). */

import { useSyncExternalStore } from "react";

export type Sound = "grant" | "deny" | "attention";

interface Note {
  hz: number;
  atS: number;
  forS: number;
  shape: OscillatorType;
}

const NOTES: Record<Sound, readonly Note[]> = {
  grant: [
    { hz: 523, atS: 0, forS: 0.12, shape: "sine" },
    { hz: 784, atS: 0.13, forS: 0.22, shape: "sine" },
  ],
  deny: [
    { hz: 196, atS: 0, forS: 0.2, shape: "sawtooth" },
    { hz: 165, atS: 0.24, forS: 0.32, shape: "sawtooth" },
  ],
  attention: [0, 0.18, 0.36].map((atS) => ({ hz: 988, atS, forS: 0.11, shape: "triangle" as const })),
};
const LOUDNESS = 0.3;
const KEY = "domovoy.gate.muted";
const GESTURES = ["pointerdown", "keydown"] as const;

export type SoundState = "on" | "muted" | "blocked";

const listeners = new Set<() => void>();
let context: AudioContext | null = null;
/** What was played last, for whoever looks at the page from outside. */
let played = 0;

function changed(): void {
  for (const listener of listeners) listener();
}

function state(): SoundState {
  if (localStorage.getItem(KEY) === "1") return "muted";
  return context?.state === "running" ? "on" : "blocked";
}

/** Browsers let a page sound only after a touch or a key: listen for the first one. */
export function unlockSound(): void {
  const unlock = () => {
    context ??= new AudioContext();
    context.onstatechange = changed;
    if (context.state !== "running") void context.resume();
    changed();
  };
  for (const gesture of GESTURES) document.addEventListener(gesture, unlock, { capture: true });
}

export function mute(isMuted: boolean): void {
  localStorage.setItem(KEY, isMuted ? "1" : "0");
  changed();
}

export function play(sound: Sound): void {
  played += 1;
  document.documentElement.dataset["sound"] = `${sound} ${played}`;
  if (state() !== "on" || !context) return;
  for (const note of NOTES[sound]) tone(context, note);
}

function tone(into: AudioContext, { hz, atS, forS, shape }: Note): void {
  const at = into.currentTime + atS;
  const oscillator = into.createOscillator();
  const gain = into.createGain();
  oscillator.type = shape;
  oscillator.frequency.value = hz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.015);
  gain.gain.setValueAtTime(LOUDNESS, at + forS - 0.04);
  gain.gain.linearRampToValueAtTime(0, at + forS);
  oscillator.connect(gain).connect(into.destination);
  oscillator.start(at);
  oscillator.stop(at + forS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSoundState(): SoundState {
  return useSyncExternalStore(subscribe, state);
}
