/** Which words a browser fetches with which face, in which language. */

import type { Language } from "./language";

export type Face = "entry" | "desk" | "more" | "admin";

/** Each part of the catalogue is a file of its own. */
export const WORDS: Record<Language, Record<Face, () => Promise<object>>> = {
  ru: {
    entry: async () => (await import("./ru/faces/entry")).words,
    desk: async () => (await Promise.all([import("./ru/faces/desk"), import("dayjs/locale/ru")]))[0].words, // calendars speak by dayjs
    more: async () => (await import("./ru/faces/more")).words,
    admin: async () => (await import("./ru/faces/admin")).words,
  },
  en: {
    entry: async () => (await import("./en/faces/entry")).words,
    desk: async () => (await import("./en/faces/desk")).words,
    more: async () => (await import("./en/faces/more")).words,
    admin: async () => (await import("./en/faces/admin")).words,
  },
};
