/**
 * Which company the person works in: it is written to, and lists show it, or all companies that they belong to. Each tab
 * keeps its own, through a reload too: what another tab chooses changes neither its lists nor where its forms are saved.
 * A new tab begins with that of the tab that one looked at last.
 */

import { useSyncExternalStore } from "react";

const CHOSEN = "domovoy.company";
const ALL = "domovoy.allCompanies";
const listeners = new Set<() => void>();

/** What this tab keeps; empty: nothing. */
function read(key: string): string {
  const own = sessionStorage.getItem(key);
  if (own !== null) return own;
  const first = localStorage.getItem(key) ?? "";
  sessionStorage.setItem(key, first);
  return first;
}

function write(key: string, value: string): void {
  sessionStorage.setItem(key, value);
  leave(key);
  for (const listener of listeners) listener();
}

/** For tabs to come. */
function leave(key: string): void {
  const value = read(key);
  if (value) localStorage.setItem(key, value);
  else localStorage.removeItem(key);
}

function lookedAt(): void {
  for (const key of [CHOSEN, ALL]) leave(key);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("focus", lookedAt);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("focus", lookedAt);
  };
}

export function currentCompany(): string | null {
  return read(CHOSEN) || null;
}

export function chooseCompany(id: string | null): void {
  write(CHOSEN, id ?? "");
}

export function useCurrentCompany(): string | null {
  return useSyncExternalStore(subscribe, currentCompany);
}

export function showsAllCompanies(): boolean {
  return read(ALL) === "1";
}

export function showAllCompanies(all: boolean): void {
  write(ALL, all ? "1" : "");
}

export function useShowsAll(): boolean {
  return useSyncExternalStore(subscribe, showsAllCompanies);
}
