import { describe, expect, test } from "vitest";

import { recognised, Wedge } from "./scanner";

const QR = "AEAAA".padEnd(160, "B7");

function typed(wedge: Wedge, line: string, everyMs: number, fromMs = 0): string | null {
  let found: string | null = null;
  [...Array.from(line), "Enter"].forEach((key, place) => (found = wedge.press(key, fromMs + place * everyMs)));
  return found;
}

describe("a line", () => {
  test("is a scanner's by its pace", () => {
    expect(typed(new Wedge(), "0001202659", 8)).toBe("0001202659");
    expect(typed(new Wedge(), "0001202659", 120)).toBeNull();
  });

  test("does not begin with what a hand typed before", () => {
    const wedge = new Wedge();
    wedge.press("7", 0);
    wedge.press("1", 400);
    expect(typed(wedge, "0001202659", 8, 1000)).toBe("0001202659");
  });

  test("of a few characters is nobody's card", () => expect(typed(new Wedge(), "711", 8)).toBeNull());

  test("keys without a character are no part of it", () => {
    const wedge = new Wedge();
    ["A", "Shift", "B", "C", "D", "E", "F"].forEach((key, place) => wedge.press(key, place * 8));
    expect(wedge.press("Enter", 56)).toBe("ABCDEF");
  });
});

describe("what was scanned", () => {
  test("is a QR code under either layout, also when it was pasted", () => {
    expect(recognised(QR, false)).toEqual({ kind: "qr", text: QR });
    const russian = QR.toLowerCase().replace(/a/g, "ф").replace(/e/g, "у").replace(/b/g, "и");
    expect(recognised(russian, true)).toEqual({ kind: "qr", text: QR });
  });

  test.each([
    ["0001202659", "0001202659"],
    ["018,23011", "018,23011"],
    ["018б23011", "018,23011"],
    ["001259e3", "001259E3"],
    ["04A1B2C3D4E5F6", "04A1B2C3D4E5F6"],
  ])("%s is a card", (line, text) => expect(recognised(line, true)).toEqual({ kind: "card", text }));

  test("is a guest's code, with its hyphen and under a Russian layout", () => {
    expect(recognised("HJKM-WXY3", true)).toEqual({ kind: "code", text: "HJKMWXY3" });
    expect(recognised("рольцчн3", true)).toEqual({ kind: "code", text: "HJKMWXY3" });
  });

  test("what a hand typed is no card: it may be a telephone", () => expect(recognised("9123456789", false)).toBeNull());

  test("a plate is none of them", () => expect(recognised("X711TT90", true)).toBeNull());
});
