import type { TFunction } from "i18next";
import { expect, test } from "vitest";

import { flagText, listAge, reasonText } from "./noticed";

/** The key and what fills it in: the words are the catalogue's affair. */
const t = ((key: string, data?: object) => (data ? `${key} ${Object.values(data).join(" ")}` : key)) as unknown as TFunction;
const PASSAGE = { flags: [], direction: "out", reason: "granted", list_age_s: null, left_carrier: null, other_pass_number: null } as const;

test("each flag says what is known of it", () => {
  expect(flagText("anti_passback", { ...PASSAGE, flags: [] }, t, "ru")).toBe("gate.flag.antiPassback.out");
  expect(flagText("left_as_other", { ...PASSAGE, flags: [], left_carrier: "" }, t, "ru")).toBe("gate.flag.leftAsOtherOnFoot");
  expect(flagText("left_as_other", { ...PASSAGE, flags: [], left_carrier: "X711TT90" }, t, "ru")).toBe("gate.flag.leftAsOther X\u00a0711\u00a0TT\u00a090");
  expect(flagText("with_other_pass", { ...PASSAGE, flags: [], other_pass_number: 7 }, t, "ru")).toBe("gate.flag.withPass 7");
  expect(flagText("stale_list", { ...PASSAGE, flags: [], list_age_s: 93_600 }, t, "ru")).toBe("gate.flag.staleListAge gate.age.hours 26");
});

test("an age is told by the unit that fits it", () => {
  expect([59 * 60, 3600, 47 * 3600, 72 * 3600].map((age) => listAge(age, t, "ru"))).toEqual(["gate.age.minutes 59", "gate.age.hours 1", "gate.age.hours 47", "gate.age.days 3 3"]);
});

test("a refusal for a stale list says how old it was", () => {
  expect(reasonText({ ...PASSAGE, flags: [], reason: "stale_list", list_age_s: 7200 }, t, "ru")).toBe("gate.reason.stale_list: gate.age.hours 2");
  expect(reasonText({ ...PASSAGE, flags: [] }, t, "ru")).toBe("gate.reason.granted");
});
