import { expect, it } from "vitest";

import { daysOf, periodOf } from "./api";
import { lastMonths, monthName, monthOf } from "./months";

const ZONE = "Asia/Yekaterinburg";
const NOW = new Date("2026-11-30T20:00:00Z"); // 1 December there

it("takes the month from the site's clock", () => {
  expect(monthOf(NOW, ZONE)).toEqual({ from: "2026-12-01", to: "2026-12-31" });
  expect(monthOf(NOW, "UTC")).toEqual({ from: "2026-11-01", to: "2026-11-30" });
});

it("lists months back over years, with their own lengths", () => {
  const months = lastMonths(NOW, ZONE);
  expect(months[10]).toEqual({ from: "2026-02-01", to: "2026-02-28" });
  expect(months[12]).toEqual({ from: "2025-12-01", to: "2025-12-31" });
  expect(months.slice(1, 2).map((month) => monthName(month, "ru"))).toEqual(["ноябрь 2026 г."]);
});

it("asks for whole days of the site's clock, the last one included", () => {
  const november = { span: "days", from: "2026-11-01", to: "2026-11-30" };
  expect(periodOf(november, NOW, ZONE)).toEqual({ since: "2026-10-31T19:00:00.000Z", until: "2026-11-30T19:00:00.000Z" });
});

it("begins a choice of days with the present month", () => {
  expect(daysOf({ span: "days" }, NOW, ZONE)).toEqual({ from: "2026-12-01", to: "2026-12-31" });
});
