/** Which company the person works in: it is written to, and lists show it, or all companies that they belong to. */

import { useSyncExternalStore } from "react";

const CHOSEN = "domovoy.company";
const ALL = "domovoy.allCompanies";
const listeners = new Set<() => void>();

function write(key: string, value: string | null): void {
  if (value === null) localStorage.removeItem(key);
  else localStorage.setItem(key, value);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export function currentCompany(): string | null {
  return localStorage.getItem(CHOSEN);
}

export function chooseCompany(id: string | null): void {
  write(CHOSEN, id);
}

export function useCurrentCompany(): string | null {
  return useSyncExternalStore(subscribe, currentCompany);
}

export function showsAllCompanies(): boolean {
  return localStorage.getItem(ALL) === "1";
}

export function showAllCompanies(all: boolean): void {
  write(ALL, all ? "1" : null);
}

export function useShowsAll(): boolean {
  return useSyncExternalStore(subscribe, showsAllCompanies);
}
