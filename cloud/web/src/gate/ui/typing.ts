/** Where keys are typed into. */

const TYPED_INTO = "input, textarea, select, [contenteditable=true]";

export function isTypedInto(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(TYPED_INTO);
}

/** An open dialog has the keyboard to itself. */
export function isDialogOpen(): boolean {
  return document.querySelector("dialog[open]") !== null;
}
