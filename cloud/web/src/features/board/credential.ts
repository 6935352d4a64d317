/** A card as people name it, from the key by which it was matched. */

import type { TFunction } from "i18next";

import type { Passage } from "./api";

const FACE = "FACE";

/** `W26:18:23011` → `18,23011`; `EM:001259E3` → `001259E3`; a face says that it is one; without a key, what the reader gave. */
export function credentialText(passage: Pick<Passage, "credential" | "read">, t: TFunction): string {
  const [kind, ...parts] = (passage.credential ?? "").split(":");
  if (kind === FACE) return t("gate.byFace");
  return parts.length > 0 ? parts.join(",") : passage.read;
}
