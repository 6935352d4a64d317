import { expect, test } from "vitest";

import type { Site } from "./api";
import { entered, siteDraft } from "./siteDraft";

const FRESH = { time_zone: "Europe/Moscow", complex_id: null };
const SITE = { name: "КПП", time_zone: "Asia/Yekaterinburg", complex_id: "c", stale: { after_s: 100, residents: "allow", guests: "deny", services: "guard" } } as unknown as Site;

test("a new site's list never grows stale unless one says so", () => {
  expect(siteDraft(entered(undefined, FRESH), undefined).stale).toEqual({ after_s: null, residents: "allow", guests: "guard", services: "guard" });
});

test("hours become seconds, and a time that nobody touched stays to the second", () => {
  const values = entered(SITE, FRESH);
  expect(values["stale.after_s"]).toBe(0.03);
  expect(siteDraft(values, SITE)).toEqual({ name: "КПП", time_zone: "Asia/Yekaterinburg", complex_id: "c", stale: SITE.stale });
  expect(siteDraft({ ...values, "stale.after_s": 1.5 }, SITE).stale.after_s).toBe(5400);
  expect(siteDraft({ ...values, "stale.after_s": null }, SITE).stale.after_s).toBeNull();
});
