import { expect, test } from "vitest";

import type { PassCard } from "./api";
import { changedDraft, emptyPass, enteredOf, passDraft, period, validityOf } from "./draft";

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

test("a pass without end has no counted entries, and one for a day has again what it had", () => {
  const today = { validity: "today", entries: 1 } as const;
  const endless = { ...today, ...validityOf("endless", today) };
  expect(endless).toEqual({ validity: "endless", entries: null });
  expect(validityOf("today", endless)).toEqual({ validity: "today", entries: 1 });
});

test("a number of entries that was typed, or taken away, stays", () => {
  expect(validityOf("endless", { validity: "today", entries: 3 })).toEqual({ validity: "endless" });
  expect(validityOf("tomorrow", { validity: "today", entries: null })).toEqual({ validity: "tomorrow" });
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

const STANDING = {
  site_id: "s1",
  kind: "guest",
  plates: ["X711TT90"],
  cards: [{ format: "EM4100", printed: "018,23011", keys: ["EM:001259E3", "~W26:18:23011"] }],
  holder: "Петров",
  vehicle: "",
  premises_id: null,
  address: "",
  host_id: "h1",
  host: "Иванова",
  phone: null,
  document: "45 08 123456",
  service: "",
  valid_from: "2026-11-22T05:00:17.250Z",
  valid_until: "2026-11-23T19:00:00Z",
  entries: 2,
  note: "",
  points: ["p1"],
  direction: "in",
  schedule: [],
  ticket_kind: "ticket",
  ticket_id: null,
  ticket: "2022",
} as unknown as PassCard;

test("a pass that is changed keeps what the form does not show, and moments that nobody touched", () => {
  const zone = "Asia/Yekaterinburg";
  const entered = enteredOf(STANDING, zone);
  expect(entered.from).toBe("2026-11-22 10:00:17");
  const draft = changedDraft(STANDING, { ...entered, vehicle: "KIA", until: "2026-11-25 00:00:00" }, zone);
  expect(draft).toMatchObject({
    vehicle: "KIA",
    valid_from: "2026-11-22T05:00:17.250Z",
    valid_until: "2026-11-24T19:00:00.000Z",
    cards: [{ text: "018,23011", key: "EM:001259E3" }],
    points: ["p1"],
    direction: "in",
    ticket: { kind: "ticket", id: null, text: "2022" },
    entries: 2,
  });
});

test("a PIN and a code are no cards: they are asked for, stay as they are, and are never sent as cards", () => {
  const typed = [
    { format: "PIN", printed: "482913", keys: ["PIN:482913"] },
    { format: "CODE", printed: "ACDE-FHJK", keys: ["CODE:ACDEFHJK"] },
  ];
  const given = { ...STANDING, cards: [...STANDING.cards, ...typed] };
  const entered = enteredOf(given, "UTC");
  expect(entered.credentials).toHaveLength(2);
  expect(changedDraft(given, entered, "UTC")).toMatchObject({ cards: [{ text: "018,23011" }], pin: true, code: true });
  expect(changedDraft(STANDING, enteredOf(STANDING, "UTC"), "UTC")).toMatchObject({ pin: false, code: false });
  expect(passDraft({ ...emptyPass(""), pin: true }, "UTC")).toMatchObject({ pin: true, code: false });
});

test("points of one site are none of another", () => {
  const entered = enteredOf(STANDING, "UTC");
  expect(changedDraft(STANDING, { ...entered, siteId: "s2" }, "UTC").points).toEqual([]);
});

test("an end that is cleared is no end", () => {
  const entered = enteredOf(STANDING, "UTC");
  expect(changedDraft(STANDING, { ...entered, until: null }, "UTC").valid_until).toBeUndefined();
});
