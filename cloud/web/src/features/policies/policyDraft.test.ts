import { describe, expect, it } from "vitest";

import { Problem } from "@/shared/api/problem";
import { entered, policyDraft } from "./policyDraft";

const draft = (from: string, until: string) => policyDraft("guest", { ...entered(undefined, "guest"), from_minute: from, until_minute: until }, "no time");

describe("a policy's hours", () => {
  it("are minutes of the day", () => {
    expect(draft("9:00", "22.30")).toMatchObject({ kind: "guest", from_minute: 540, until_minute: 1350 });
  });

  it.each(["24:00", "00:00", "0:00"])("end with the day at %s", (until) => {
    expect(draft("06:00", until).until_minute).toBe(1440);
  });

  it("may be none", () => {
    expect(draft("", " ")).toMatchObject({ from_minute: null, until_minute: null });
  });

  it("are refused at the field that is no time", () => {
    expect(() => draft("9:00", "25:00")).toThrow(Problem);
    expect(() => draft("24:00", "9:00")).toThrow(Problem);
  });

  it("leave guests to residents unless the company says otherwise", () => {
    expect(entered(undefined, "guest").residents).toBe(true);
    expect(entered(undefined, "contractor").residents).toBe(false);
    expect(entered({ ...draft("", ""), residents: false, organisation_id: "x" }, "guest").residents).toBe(false);
  });

  it("are shown as they were given", () => {
    const policy = { ...draft("9:00", "24:00"), organisation_id: "x" } as Parameters<typeof entered>[0];
    expect(entered(policy, "guest")).toMatchObject({ from_minute: "09:00", until_minute: "24:00", approval: false });
  });
});
