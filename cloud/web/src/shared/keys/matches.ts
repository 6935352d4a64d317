/** Which key was meant, whatever the keyboard's layout: on a Russian one the key of `J` says "о", and that of `/` says ".". */

export interface Pressed {
  key: string;
  /** The key's place on the keyboard: `KeyJ`. */
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const LATIN = /^[a-z]$/i;

function isLetter(letter: string, { key, code }: Pressed): boolean {
  // A Latin layout knows its own letters (Dvorak); any other is asked for the place.
  return LATIN.test(key) ? key.toLowerCase() === letter : code === `Key${letter.toUpperCase()}`;
}

/** `j`, `mod+k` (Ctrl, or ⌘), `/`, `?`, or a key by its name: `Enter`. */
export function matches(wanted: string, pressed: Pressed): boolean {
  const withMod = wanted.startsWith("mod+");
  const name = withMod ? wanted.slice("mod+".length) : wanted;
  if (withMod !== (pressed.ctrlKey || pressed.metaKey) || pressed.altKey) return false;
  const isSlash = pressed.code === "Slash";
  if (name === "/") return pressed.key === "/" || (isSlash && !pressed.shiftKey && pressed.key === ".");
  if (name === "?") return pressed.key === "?" || (isSlash && pressed.shiftKey && pressed.key === ",");
  if (pressed.shiftKey) return false;
  return LATIN.test(name) ? isLetter(name, pressed) : pressed.key === name;
}
