import { expect, test } from "vitest";

import { emptyTable, importDraft, tableKindOf } from "./importDraft";

const WORDS = { noDays: "no days", noTime: "no time" };
const NOW = new Date("2026-11-22T20:30:00Z");
const draft = (values: Partial<ReturnType<typeof emptyTable>>) => importDraft("id", { ...emptyTable(), siteId: "s", ...values }, "UTC", WORDS, NOW);

test("guests of a day come in once each, at any point and hour of it", () => {
  expect(draft({ group: "Свадьба" })).toEqual({
    id: "id", group: "Свадьба", site_id: "s", kind: "guest", service: "", premises_id: null, code: false,
    entries: 1, points: [], schedule: [], direction: null, ticket: null, valid_from: null, valid_until: "2026-11-23T00:00:00.000Z",
  });
});

test("what narrows the passes is common to all rows", () => {
  const schedule = [{ days: [6], from: "", until: "" }];
  expect(draft({ kind: "contractor", schedule, points: ["p"], direction: "in", ticket: "2022" })).toMatchObject({
    schedule: [{ days: [6], from_minute: 0, until_minute: 1440 }], points: ["p"], direction: "in", ticket: { kind: "ticket", text: "2022" },
  });
});

test("a table has no endless choice: it is a period without end", () => {
  expect(tableKindOf("staff", emptyTable())).toEqual({ kind: "staff", validity: "period", entries: null });
  expect(tableKindOf("recurring", emptyTable())).toEqual({ kind: "recurring", validity: "period", entries: null });
  expect(tableKindOf("contractor", { ...emptyTable(), entries: 2 })).toEqual({ kind: "contractor", validity: "today", entries: 2 });
});
