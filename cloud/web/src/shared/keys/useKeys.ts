/** Shortcuts of what is on the screen, on every keyboard layout; not while one types, nor beneath an open dialog. */

import { useEffect, useRef } from "react";

import { matches } from "./matches";

interface KeyOptions {
  /** Leave the browser its own meaning of the key. */
  keepsDefault?: boolean;
  /** Also while one types. */
  whileTyping?: boolean;
}

export type Shortcut = readonly [key: string, act: () => void, options?: KeyOptions];

const TYPED_INTO = "input, textarea, select, [contenteditable=true]";
const DIALOG = "[role=dialog], [role=alertdialog]";

/** A dialog has the keyboard to itself; the one that this very key closed is known by where the key was pressed. */
function isInDialog(target: Element | null): boolean {
  return target?.closest(DIALOG) != null || document.querySelector(`:is(${DIALOG})[aria-modal=true]`) !== null;
}

/** Also the button of an open one, which may say so only by what it controls. */
const MENU = "[role=menu], [role=listbox], [aria-haspopup][aria-expanded=true], [aria-haspopup=listbox][aria-controls]";
const ofMenus = new WeakSet<Event>();

/** So has an open menu or list of choices: asked before it hears the key, for afterwards it may be closed. */
document.addEventListener(
  "keydown",
  (event) => {
    if (event.target instanceof Element && event.target.closest(MENU)) ofMenus.add(event);
  },
  true,
);

const ASKED = "domovoy.asked";
let wanted: string | null = null;

/** Do what the key does on the page that is shown (`isHere`), or on the one that will be. */
export function askFor(key: string, isHere: boolean): void {
  wanted = key;
  if (isHere) document.dispatchEvent(new Event(ASKED));
}

function answer(shortcuts: readonly Shortcut[]): void {
  const found = shortcuts.find(([key]) => key === wanted);
  if (!found) return;
  wanted = null;
  found[1]();
}

export function useKeys(shortcuts: readonly Shortcut[]): void {
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      const found = current.current.find(([key]) => matches(key, event));
      if (!found || event.defaultPrevented || ofMenus.has(event) || isInDialog(target)) return;
      const [, act, { keepsDefault = false, whileTyping = false } = {}] = found;
      if (!whileTyping && target?.matches(TYPED_INTO)) return;
      if (!keepsDefault) event.preventDefault();
      act();
    };
    const onAsked = () => answer(current.current);
    document.addEventListener("keydown", onKey);
    document.addEventListener(ASKED, onAsked);
    onAsked();
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener(ASKED, onAsked);
    };
  }, []);
}
