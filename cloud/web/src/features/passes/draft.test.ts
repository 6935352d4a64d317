import { expect, test } from "vitest";

import { emptyPass, passDraft, period } from "./draft";

const ZONE = "Asia/Yekaterinburg"; // UTC+5
const NOW = new Date("2026-11-22T20:30:00Z"); // 23.11, 01:30 there

test("today ends at the site's midnight, not the browser's", () => {
  expect(period({ validity: "today", from: null, until: null }, ZONE, NOW)).toEqual({ valid_until: "2026-11-23T19:00:00.000Z" });
});

test("tomorrow is the site's tomorrow", () => {
  expect(period({ validity: "tomorrow", from: null, until: null }, ZONE, NOW)).toEqual({
    valid_from: "2026-11-23T19:00:00.000Z",
    valid_until: "2026-11-24T19:00:00.000Z",
  });
});

test("a period is read on the site's clock", () => {
  expect(period({ validity: "period", from: "2026-12-01 09:00:00", until: null }, ZONE, NOW)).toEqual({
    valid_from: "2026-12-01T04:00:00.000Z",
  });
});

test("plates and cards part; a known host needs no text", () => {
  const draft = passDraft(
    {
      ...emptyPass("Гость"),
      siteId: "s",
      credentials: [
        { type: "plate", plate: "X711TT90" },
        { type: "card", text: "018,23011", key: "W26:18:23011", format: "H10301" },
      ],
      host: { id: "h", label: "Иванова" },
      hostText: "left over",
      phone: " ",
    },
    ZONE,
    NOW,
  );
  expect(draft.plates).toEqual(["X711TT90"]);
  expect(draft.cards).toEqual([{ text: "018,23011", key: "W26:18:23011" }]);
  expect(draft.host_id).toBe("h");
  expect(draft.host).toBe("");
  expect(draft.phone).toBeNull();
});
