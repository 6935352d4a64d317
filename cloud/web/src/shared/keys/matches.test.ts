import { expect, test } from "vitest";

import { matches, type Pressed } from "./matches";

function press(key: string, code: string, held: Partial<Pressed> = {}): Pressed {
  return { key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held };
}

test.each([
  ["j", press("j", "KeyJ")],
  ["j", press("о", "KeyJ")],
  ["n", press("т", "KeyN")],
  ["j", press("j", "KeyC")], // Dvorak
  ["mod+k", press("л", "KeyK", { ctrlKey: true })],
  ["mod+k", press("k", "KeyK", { metaKey: true })],
  ["/", press("/", "Slash")],
  ["/", press(".", "Slash")],
  ["/", press("/", "Backslash", { shiftKey: true })], // where a Russian layout has it
  ["?", press("?", "Slash", { shiftKey: true })],
  ["?", press(",", "Slash", { shiftKey: true })],
  ["?", press("?", "Digit7", { shiftKey: true })],
  ["Escape", press("Escape", "Escape")],
])("%s is meant by %o", (wanted, pressed) => expect(matches(wanted, pressed)).toBe(true));

test.each([
  ["j", press("h", "KeyJ")], // Dvorak
  ["j", press("о", "KeyJ", { ctrlKey: true })],
  ["k", press("K", "KeyK", { shiftKey: true })],
  ["mod+k", press("k", "KeyK")],
  ["mod+k", press("k", "KeyK", { ctrlKey: true, altKey: true })],
  ["/", press("?", "Slash", { shiftKey: true })],
  ["/", press("-", "Slash")], // German
  ["?", press("/", "Slash")],
])("%s is not meant by %o", (wanted, pressed) => expect(matches(wanted, pressed)).toBe(false));
