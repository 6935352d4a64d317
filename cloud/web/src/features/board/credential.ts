/** A card as people name it, from the key by which it was matched. */

import type { Passage } from "./api";

/** `W26:18:23011` → `18,23011`; `EM:001259E3` → `001259E3`; without a key, what the reader gave. */
export function credentialText(passage: Pick<Passage, "credential" | "read">): string {
  const [, ...parts] = (passage.credential ?? "").split(":");
  return parts.length > 0 ? parts.join(",") : passage.read;
}
