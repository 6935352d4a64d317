import { expect, test } from "vitest";

import { themeAt } from "./theme";

const ZONE = "Asia/Yekaterinburg"; // UTC+5

test.each([
  ["2026-11-28T01:59:00Z", "dark"],
  ["2026-11-28T02:00:00Z", "light"],
  ["2026-11-28T14:59:00Z", "light"],
  ["2026-11-28T15:00:00Z", "dark"],
])("at %s it is %s where the site is", (at, shown) => expect(themeAt("time", new Date(at), ZONE)).toBe(shown));

test("a choice holds at any hour", () => {
  expect(themeAt("light", new Date("2026-11-28T20:00:00Z"), ZONE)).toBe("light");
  expect(themeAt("dark", new Date("2026-11-28T08:00:00Z"), ZONE)).toBe("dark");
});
