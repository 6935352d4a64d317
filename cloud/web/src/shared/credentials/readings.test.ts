import { expect, test } from "vitest";

import { Problem } from "@/shared/api/problem";
import { type Recognised, settled, withCredential } from "./readings";

const PLATE = { type: "plate", plate: "X713TT90" } as const;
const AS_PLATE = { plate: { canonical: "X713TT90", kinds: ["car"], country: "RU", warnings: [] }, cards: [] } satisfies Recognised;
const card = (key: string) => ({ key, format: "EM4100", facility: null, number: null, uid_hex: null, spellings: ["0001"] });
const answering = (found: Recognised) => () => Promise.resolve(found);

test("a typed plate with one reading is taken without a click", async () => {
  expect(await settled([], " Х 713 ТТ 90 ", answering(AS_PLATE))).toEqual([PLATE]);
});

test("what could be several things, or nothing, is not guessed", async () => {
  expect(await settled([], "01823011", answering({ plate: null, cards: [card("EM:1"), card("W26:1:2")] }))).toBe("ambiguous");
  expect(await settled([], "нечто", answering({ plate: null, cards: [] }))).toBe("not_recognised");
  expect(await settled([], "Х", () => Promise.reject(new Error("not to be asked")))).toBe("not_recognised");
});

test("where a card is asked for, the plate that it could be as well is no choice", async () => {
  const both = answering({ ...AS_PLATE, cards: [card("EM:1")] });
  expect(await settled([], "713", both)).toBe("ambiguous");
  expect(await settled([], "713", both, "card")).toEqual([{ type: "card", text: "713", key: "EM:1", format: "EM4100", spellings: ["0001"] }]);
  expect(await settled([], "713", answering(AS_PLATE), "card")).toBe("not_recognised");
});

test("nothing typed leaves what was chosen", async () => {
  expect(await settled([PLATE], "  ", () => Promise.reject(new Error("not to be asked")))).toEqual([PLATE]);
});

test("what a reader frames a number in is no part of it", async () => {
  const asked: string[] = [];
  const ask = (text: string) => {
    asked.push(text);
    return Promise.resolve({ plate: null, cards: [card("W26:133:2591")] } satisfies Recognised);
  };
  const found = await settled([], "\u0002133,02591\u0003", ask, "card");
  expect(found).toEqual([{ type: "card", text: "133,02591", key: "W26:133:2591", format: "EM4100", spellings: ["0001"] }]);
  expect(await settled([], "\u0002\u0003", ask)).toEqual([]);
  expect(asked).toEqual(["133,02591"]);
});

test("what the server refuses to recognise is wrong in what was typed", async () => {
  const about = (path: string) => ({ title: "Проверьте поля", status: 422, code: "invalid_fields", fields: [{ path, code: "string_too_long", message: "Не больше 300 знаков." }] });
  const refused = await settled([], "1".repeat(301), () => Promise.reject(new Problem(about("text")))).catch((error: unknown) => error);
  expect(refused).toEqual(new Problem(about("typed")));
  expect((refused as Problem).fields[0]?.path).toBe("typed");
});

test("the same plate is not added twice", () => {
  expect(withCredential([PLATE], PLATE)).toEqual([PLATE]);
});
