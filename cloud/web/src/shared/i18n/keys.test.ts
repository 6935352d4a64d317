import { describe, expect, it } from "vitest";

import { en } from "./en";
import { ru } from "./ru";

const SOURCES = import.meta.glob<string>(["/src/**/*.{ts,tsx}", "!/src/shared/i18n/**", "!/src/**/*.test.ts", "!/src/shared/api/schema.d.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const PLURAL = /_(zero|one|few|many|other)$/;

function keysOf(words: object, within = ""): string[] {
  return Object.entries(words).flatMap(([name, word]) => (typeof word === "string" ? [within + name] : keysOf(word as object, `${within}${name}.`)));
}

/** Whether the code names the key, as it is or by a template such as `gate.reason.${reason}`. */
function used(source: string): (key: string) => boolean {
  const literals = new Set([...source.matchAll(/["'`]([\w.]+)["'`]/g)].map((found) => found[1]));
  const templates = [...source.matchAll(/`((?:[\w.]|\$\{[^`{}]*\})+)`/g)].map((found) => found[1] ?? "").filter((text) => text.includes("${"));
  // A template of nothing but a value says nothing about keys.
  const patterns = templates.map((text) => text.replace(/\./g, "\\.").replace(/\$\{[^}]*\}/g, "\\w+")).filter((pattern) => /^\w+\\\./.test(pattern) && !pattern.startsWith("\\w"));
  const pattern = new RegExp(`^(${patterns.join("|")})$`);
  return (key) => literals.has(key) || pattern.test(key);
}

describe("the catalogues", () => {
  const isUsed = used(Object.values(SOURCES).join("\n"));
  for (const [language, words] of Object.entries({ ru, en })) {
    it(`hold no word that is shown nowhere: ${language}`, () => {
      const dead = keysOf(words).filter((key) => !isUsed(key) && !isUsed(key.replace(PLURAL, "")));
      expect(dead).toEqual([]);
    });
  }
});
