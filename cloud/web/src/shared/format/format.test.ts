import { describe, expect, test } from "vitest";

import { formatAge, formatDate, formatDateTime, isoDay, momentInZone, zoneOffsetMinutes } from "./dates";
import { decimalText, digitsOf, formatBytes, formatMoney, formatNumber, formatPhone, formatQuantity } from "./numbers";
import { foldPlate, looksLikePlate, plateParts } from "./plates";

const NBSP = "\u00a0";

describe("numbers", () => {
  test("money keeps its kopecks and its spaces", () => {
    expect(formatMoney("1234.5", "ru")).toBe(`1${NBSP}234,50${NBSP}₽`);
    expect(formatMoney("-12345678.09", "ru")).toBe(`−12${NBSP}345${NBSP}678,09${NBSP}₽`);
    expect(formatMoney("0", "en")).toBe(`0.00${NBSP}₽`);
  });

  test("money beyond a float's reach is exact", () => {
    expect(formatMoney("90071992547409931.17", "ru")).toBe(
      ["90", "071", "992", "547", "409", "931,17"].join(NBSP) + `${NBSP}₽`,
    );
  });

  test("numbers of a column have as many digits after the point as the longest needs", () => {
    expect([digitsOf([]), digitsOf([12, 3]), digitsOf([1.5, 2.25, 3]), digitsOf([0.12345])]).toEqual([0, 0, 2, 3]);
    expect([1.5, 3].map((value) => formatNumber(value, "ru", 3, digitsOf([1.5, 2.25, 3])))).toEqual(["1,50", "3,00"]);
  });

  test("what is no amount is refused", () => {
    expect(() => formatMoney("1e3", "ru")).toThrow(RangeError);
  });

  test("a unit does not part from its number", () => {
    expect(formatQuantity(12345.6789, "кВт·ч", "ru")).toBe(`12${NBSP}345,679${NBSP}кВт·ч`);
  });

  test("phones", () => {
    expect(formatPhone("+79991234567")).toBe(`+7${NBSP}(999)${NBSP}123-45-67`);
    expect(formatPhone("+37529123456")).toBe("+37529123456");
  });

  test("bytes", () => {
    expect(formatBytes(0, "en")).toBe(`0${NBSP}B`);
    expect(formatBytes(1_468_006, "ru")).toBe(`1,4${NBSP}МБ`);
  });
});

describe("dates", () => {
  const at = new Date("2026-11-22T21:30:00Z");

  test("a moment belongs to a zone", () => {
    expect(formatDate(at, "UTC")).toBe("22.11.2026");
    expect(formatDateTime(at, "Asia/Yekaterinburg")).toBe("23.11.2026 02:30");
    expect(isoDay(at, "Asia/Yekaterinburg")).toBe("2026-11-23");
  });

  test("midnight is 00, not 24", () => {
    expect(formatDateTime(new Date("2026-11-22T00:00:00Z"), "UTC")).toBe("22.11.2026 00:00");
  });

  test("a wall clock time becomes its moment, on both sides of a change of clocks", () => {
    expect(momentInZone("2026-11-22", "19:05", "Europe/Moscow").toISOString()).toBe("2026-11-22T16:05:00.000Z");
    expect(momentInZone("2026-03-29", "01:30", "Europe/Berlin").toISOString()).toBe("2026-03-29T00:30:00.000Z");
    expect(momentInZone("2026-03-29", "03:30", "Europe/Berlin").toISOString()).toBe("2026-03-29T01:30:00.000Z");
    expect(zoneOffsetMinutes(at, "Asia/Kolkata")).toBe(330);
  });

  test("ages", () => {
    const now = new Date("2026-11-22T21:35:30Z");
    expect(formatAge(at, now, "ru")).toBe("5 мин. назад");
    expect(formatAge(now, now, "ru")).toBe("сейчас");
    expect(formatAge(new Date("2026-11-23T00:00:00Z"), now, "en")).toBe("in 2 hr.");
    expect(formatAge(new Date("2024-01-01T00:00:00Z"), now, "en")).toBe("2 yr. ago");
  });
});

describe("plates", () => {
  test("Cyrillic and Latin fold to one", () => {
    expect(foldPlate("х 711 тт 90")).toBe("X711TT90");
    expect(foldPlate("1234 AB-7")).toBe("1234AB7");
  });

  test("a name is no plate, part of a plate is", () => {
    expect(looksLikePlate("Соколов")).toBe(false);
    expect(looksLikePlate("711")).toBe(true);
  });

  test("a car's plate has its region apart", () => {
    expect(plateParts("X711TT90")).toEqual({ main: "X\u2009711\u2009TT", region: "90" });
    expect(plateParts("AB123477")).toBeNull();
  });
});

test("a decimal is typed with the language's own mark", () => {
  expect(decimalText("54.3", "ru")).toBe("54,3");
  expect(decimalText("54.3", "en")).toBe("54.3");
});
