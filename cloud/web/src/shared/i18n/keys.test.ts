import { describe, expect, it } from "vitest";

import { keysOf, PLURAL, used } from "./dead";
import { en } from "./en";
import { ru } from "./ru";

const SOURCES = import.meta.glob<string>(["/src/**/*.{ts,tsx}", "!/src/gate/**", "!/src/shared/i18n/**", "!/src/**/*.test.ts", "!/src/shared/api/schema.d.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

describe("the catalogues", () => {
  const isUsed = used(Object.values(SOURCES).join("\n"));
  for (const [language, words] of Object.entries({ ru, en })) {
    it(`hold no word that is shown nowhere: ${language}`, () => {
      const dead = keysOf(words).filter((key) => !isUsed(key) && !isUsed(key.replace(PLURAL, "")));
      expect(dead).toEqual([]);
    });
  }
});
