import { describe, expect, it } from "vitest";

import type { ServedPage } from "./api";
import { pageNotice, pageOnItsWay } from "./pageState";

const NOW = new Date("2026-11-30T12:00:00Z");
const PAGE: ServedPage = { source: "uploaded", names: ["gate.example.com"], own_names: [], issuer: "CA", fingerprint: "ab", begins: null, ends: "2027-11-30T12:00:00Z", refused: "" };
const UPLOADED = { names: ["gate.example.com"], issuer: "CA", fingerprint: "ab", ends: "2027-11-30T12:00:00Z", at: "2026-11-30T12:00:00Z" };

describe("what is said of the certificate of the guard's page", () => {
  it("warns 21 days before one ends that nobody renews", () => {
    const ends = (days: number) => new Date(NOW.getTime() + days * 86_400_000).toISOString();
    expect(pageNotice({ ...PAGE, ends: ends(21) }, NOW)).toBeNull();
    expect(pageNotice({ ...PAGE, ends: ends(20.9) }, NOW)).toEqual({ tone: "attention", ends: ends(20.9) });
    expect(pageNotice({ ...PAGE, source: "file", ends: ends(1) }, NOW)).not.toBeNull();
    expect(pageNotice({ ...PAGE, source: "authority", ends: ends(1) }, NOW)).toBeNull();
    expect(pageNotice(null, NOW)).toBeNull();
  });

  it("says why an uploaded one does not serve, as far as it knows the reason", () => {
    expect(pageNotice({ ...PAGE, source: "authority", refused: "expired" }, NOW)).toEqual({ tone: "bad", refused: "expired" });
    expect(pageNotice({ ...PAGE, source: "file", refused: "file_first" }, NOW)).toEqual({ tone: "attention", refused: "file_first" });
    expect(pageNotice({ ...PAGE, source: "authority", refused: "invented_later" }, NOW)).toBeNull();
  });

  it("knows what the box has not got yet", () => {
    expect(pageOnItsWay({ page: PAGE, page_uploaded: UPLOADED })).toBeNull();
    expect(pageOnItsWay({ page: { ...PAGE, fingerprint: "cd" }, page_uploaded: UPLOADED })).toBe("uploaded");
    expect(pageOnItsWay({ page: { ...PAGE, source: "authority", fingerprint: "cd", refused: "expired" }, page_uploaded: UPLOADED })).toBeNull();
    expect(pageOnItsWay({ page: PAGE, page_uploaded: null })).toBe("removed");
    expect(pageOnItsWay({ page: { ...PAGE, source: "authority" }, page_uploaded: null })).toBeNull();
  });
});
