/** Day and night: by the hour where the site is, unless the guard has chosen. Kept on this device. */

import { useEffect, useSyncExternalStore } from "react";

import { formatTime } from "@/shared/format/dates";

export const THEMES = ["time", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "domovoy.gate.theme";
const DAY_FROM = "07:00";
const DAY_UNTIL = "20:00";
const LOOKED_AT_MS = 60_000;
const listeners = new Set<() => void>();

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === kept) ?? "time";
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  for (const listener of listeners) listener();
}

/** What is shown at that moment. */
export function themeAt(theme: Theme, at: Date, zone: string | undefined): "light" | "dark" {
  if (theme !== "time") return theme;
  const time = formatTime(at, zone);
  return time >= DAY_FROM && time < DAY_UNTIL ? "light" : "dark";
}

export function applyTheme(zone: string | undefined): void {
  document.documentElement.dataset["theme"] = themeAt(chosenTheme(), new Date(), zone);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(zone: string | undefined): Theme {
  const theme = useSyncExternalStore(subscribe, chosenTheme);
  useEffect(() => {
    applyTheme(zone);
    const timer = setInterval(() => applyTheme(zone), LOOKED_AT_MS);
    return () => clearInterval(timer);
  }, [theme, zone]);
  return theme;
}
