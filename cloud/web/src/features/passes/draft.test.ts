import { expect, test } from "vitest";

import type { PassCard } from "./api";
import { atSite, changedDraft, emptyPass, enteredOf, kindOf, passDraft, period, serviceOf, validityOf } from "./draft";

const ZONE = "Asia/Yekaterinburg"; // UTC+5
const WORDS = { noDays: "no days", noTime: "no time" };
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
  const today = { kind: "guest", validity: "today", entries: 1 } as const;
  const endless = { ...today, ...validityOf("endless", today) };
  expect(endless).toEqual({ kind: "guest", validity: "endless", entries: null });
  expect(validityOf("today", endless)).toEqual({ validity: "today", entries: 1 });
});

test("a number of entries that was typed, or taken away, stays", () => {
  expect(validityOf("endless", { kind: "guest", validity: "today", entries: 3 })).toEqual({ validity: "endless" });
  expect(validityOf("tomorrow", { kind: "guest", validity: "today", entries: null })).toEqual({ validity: "tomorrow" });
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
        { type: "card", text: "018,23011", key: "W26:18:23011", format: "H10301", spellings: [] },
      ],
      host: { id: "h", label: "Иванова" },
      hostText: "left over",
      phone: " ",
    },
    ZONE,
    WORDS,
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
  cards: [{ format: "EM4100", printed: "018,23011", keys: ["EM:001259E3", "~W26:18:23011"], equivalents: [] }],
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

test("a pass that is changed keeps its points, its way and its ticket, and moments that nobody touched", () => {
  const zone = "Asia/Yekaterinburg";
  const entered = enteredOf(STANDING, zone);
  expect(entered.from).toBe("2026-11-22 10:00:17");
  const draft = changedDraft(STANDING, { ...entered, vehicle: "KIA", until: "2026-11-25 00:00:00" }, zone, WORDS);
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
    { format: "PIN", printed: "482913", keys: ["PIN:482913"], equivalents: [] },
    { format: "CODE", printed: "ACDE-FHJK", keys: ["CODE:ACDEFHJK"], equivalents: [] },
  ];
  const given = { ...STANDING, cards: [...STANDING.cards, ...typed] };
  const entered = enteredOf(given, "UTC");
  expect(entered.credentials).toHaveLength(2);
  expect(changedDraft(given, entered, "UTC", WORDS)).toMatchObject({ cards: [{ text: "018,23011" }], pin: true, code: true });
  expect(changedDraft(STANDING, enteredOf(STANDING, "UTC"), "UTC", WORDS)).toMatchObject({ pin: false, code: false });
  expect(passDraft({ ...emptyPass(""), pin: true }, "UTC", WORDS)).toMatchObject({ pin: true, code: false });
});

test("points of one site are none of another", () => {
  const entered = enteredOf(STANDING, "UTC");
  expect(changedDraft(STANDING, { ...entered, ...atSite("s2") }, "UTC", WORDS).points).toEqual([]);
});

test("an end that is cleared is no end", () => {
  const entered = enteredOf(STANDING, "UTC");
  expect(changedDraft(STANDING, { ...entered, until: null }, "UTC", WORDS).valid_until).toBeUndefined();
});

const WEEK = [{ days: [1, 2, 3, 4, 5], from_minute: 540, until_minute: 1080 }, { days: [7], from_minute: 1440, until_minute: 360 }];

test("a nanny's pass: weekdays from nine to six, at one point, only in, by a ticket", () => {
  const entered = { ...emptyPass(""), schedule: [{ days: [1, 2, 3, 4, 5], from: "9:00", until: "18:00" }], points: ["p1"], direction: "in", ticket: " 2022 " } as const;
  expect(passDraft({ ...entered, credentials: [], schedule: [...entered.schedule], points: [...entered.points] }, ZONE, WORDS, NOW)).toMatchObject({
    schedule: [{ days: [1, 2, 3, 4, 5], from_minute: 540, until_minute: 1080 }],
    points: ["p1"],
    direction: "in",
    ticket: { kind: "ticket", text: "2022" },
  });
  expect(passDraft(emptyPass(""), ZONE, WORDS, NOW)).toMatchObject({ schedule: [], points: [], direction: null, ticket: null });
});

test("a week that nobody touched is sent as it came; one that was is read", () => {
  const pass = { ...STANDING, schedule: WEEK };
  const entered = enteredOf(pass, ZONE);
  expect(changedDraft(pass, entered, ZONE, WORDS).schedule).toEqual(WEEK);
  const fewer = { ...entered, schedule: entered.schedule.slice(0, 1), points: ["p2"], direction: null };
  expect(changedDraft(pass, fewer, ZONE, WORDS)).toMatchObject({ schedule: WEEK.slice(0, 1), points: ["p2"], direction: null });
});

test("a ticket keeps its id until it is another, and goes when it is cleared", () => {
  const pass = { ...STANDING, ticket_kind: "repair", ticket_id: "t1" };
  const entered = enteredOf(pass, ZONE);
  expect(changedDraft(pass, entered, ZONE, WORDS).ticket).toEqual({ kind: "repair", id: "t1", text: "2022" });
  expect(changedDraft(pass, { ...entered, ticket: "2023" }, ZONE, WORDS).ticket).toEqual({ kind: "ticket", text: "2023" });
  expect(changedDraft(pass, { ...entered, ticket: "" }, ZONE, WORDS).ticket).toBeNull();
});

test("a kind brings its usual term and number of entries, and leaves what was typed", () => {
  const fresh = emptyPass("");
  const nanny = kindOf("recurring", fresh);
  expect(nanny).toEqual({ kind: "recurring", validity: "period", entries: null });
  expect(kindOf("guest", { ...fresh, ...nanny })).toEqual({ kind: "guest", validity: "today", entries: 1 });
  expect(kindOf("staff", { ...fresh, ...nanny, until: "2026-12-01 00:00:00" })).toMatchObject({ validity: "period", entries: null });
  expect(kindOf("recurring", { ...fresh, validity: "tomorrow", entries: 5 })).toEqual({ kind: "recurring", validity: "tomorrow", entries: 5 });
});

test("only a guest's pass is called one, unless somebody typed it", () => {
  expect([serviceOf("recurring", "Гость", "Гость"), serviceOf("guest", "", "Гость"), serviceOf("service", "Няня", "Гость")]).toEqual(["", "Гость", "Няня"]);
});
