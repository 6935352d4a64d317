import { expect, test } from "vitest";

import { momentTexts } from "./moments";

const AUTUMN = ["2026-10-25T02:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T00:00:00Z", "2026-10-24T23:00:00Z"];
const plain = (texts: string[]) => texts.map((text) => text.replace("\u00a0", " "));

test("the hour that a night has twice says which of the two it is", () => {
  expect(plain(momentTexts(AUTUMN, { resolution: "hour", zone: "Europe/Berlin" }))).toEqual([
    "25.10.2026 03:00",
    "25.10.2026 02:00 (UTC+1)",
    "25.10.2026 02:00 (UTC+2)",
    "25.10.2026 01:00",
  ]);
});

test("so do the readings of that hour", () => {
  const texts = momentTexts(["2026-10-25T01:10:05Z", "2026-10-25T00:20:05Z"], { resolution: "raw", zone: "Europe/Berlin" });
  expect(plain(texts)).toEqual(["25.10.2026 02:10:05 (UTC+1)", "25.10.2026 02:20:05 (UTC+2)"]);
});

test("where clocks never change nothing is added, nor to days", () => {
  expect(plain(momentTexts(AUTUMN.slice(1, 3), { resolution: "hour", zone: "Europe/Moscow" }))).toEqual(["25.10.2026 04:00", "25.10.2026 03:00"]);
  expect(momentTexts(["2026-10-24T22:00:00Z"], { resolution: "day", zone: "Europe/Berlin" })).toEqual(["25.10.2026"]);
});
