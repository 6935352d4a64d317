import { describe, expect, it } from "vitest";

import { keysOf, PLURAL, used } from "./dead";
import { en } from "./en";
import { ru } from "./ru";
import { words as desk } from "./ru/faces/desk";
import { words as entry } from "./ru/faces/entry";
import { words as more } from "./ru/faces/more";

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

/** What a face's code may show, from its own files to all that they import; another face's tree is not its own. */
function reachable(roots: readonly string[]): string {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    const source = SOURCES[path];
    if (source === undefined || seen.has(path)) return;
    seen.add(path);
    for (const [, name = ""] of source.matchAll(/(?:from|import\()\s*"([@.][^"]+)"/g)) {
      const base = name.startsWith("@/") ? `/src/${name.slice(2)}` : new URL(name, `file://${path}`).pathname;
      for (const ending of [".ts", ".tsx"]) visit(base + ending);
    }
  };
  for (const root of roots) visit(root);
  return [...seen].map((path) => SOURCES[path]).join("\n");
}

const under = (folder: string) => Object.keys(SOURCES).filter((path) => path.startsWith(`/src/app/${folder}/`));

describe("what a face shows, it has the words of", () => {
  const faces = [
    { face: "entry", roots: [...under("entry"), ...under("pages")], has: [entry] },
    { face: "desk", roots: ["/src/app/desk/pages.tsx", ...under("wall"), ...under("pages")], has: [entry, desk] },
    { face: "more", roots: under("desk"), has: [entry, desk, more] },
  ];
  it.each(faces)("$face", ({ roots, has }) => {
    const shown = used(reachable(roots));
    const known = new Set(has.flatMap((words) => keysOf(words)));
    expect(keysOf(ru).filter((key) => !known.has(key) && shown(key.replace(PLURAL, "")))).toEqual([]);
  });
});
