import { describe, expect, it } from "vitest";

import { keysOf, PLURAL, used } from "@/shared/i18n/dead";
import { en } from "./en";
import { ru } from "./ru";

const SOURCES = import.meta.glob<string>(["/src/gate/**/*.{ts,tsx}", "!/src/gate/i18n/**", "!/src/**/*.test.ts", "!/src/gate/api/gate-schema.d.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

describe("the guard's catalogues", () => {
  const isUsed = used(Object.values(SOURCES).join("\n"));
  for (const [language, words] of Object.entries({ ru, en })) {
    it(`hold no word that is shown nowhere: ${language}`, () => {
      const dead = keysOf(words).filter((key) => !isUsed(key) && !isUsed(key.replace(PLURAL, "")));
      expect(dead).toEqual([]);
    });
  }
});
