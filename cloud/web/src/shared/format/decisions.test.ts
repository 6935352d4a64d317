import type { TFunction } from "i18next";
import { expect, test } from "vitest";

import { decisionText } from "./decisions";

const t = ((key: string, values?: Record<string, string>) => [key, ...Object.values(values ?? {})].join(" ")) as unknown as TFunction;
const decided = { reason: null, note: "", opened: true, fault: "", blacklisted: false } as const;

test("what did not open, and what nobody knows of, is said", () => {
  expect(decisionText(decided, t)).toBe("");
  expect(decisionText({ ...decided, opened: false, fault: "no relay" }, t)).toBe("watch.notOpened no relay");
  expect(decisionText({ ...decided, opened: null }, t)).toBe("");
  expect(decisionText({ ...decided, opened: null, fault: "restarted" }, t)).toBe("watch.openedUnknown");
});
