import { describe, expect, it } from "vitest";

import { subjectText } from "./subjects";

const t = ((key: string) => key.replace("looks.subject.", "")) as never;

describe("whose data", () => {
  it("is a name where there is one, and the beginning of an id where it was erased", () => {
    const id = "0193514c-8a00-7000-8000-000000000001";
    expect(subjectText(`pass:${id}`, { [`pass:${id}`]: "№ 1 Петров" }, t)).toBe("pass № 1 Петров");
    expect(subjectText(`pass:${id}`, {}, t)).toBe("pass 0193514c…");
  });
  it("is a plate as it is printed", () => {
    expect(subjectText("plate:X711TT90", {}, t)).toBe("plate X\u00a0711\u00a0TT\u00a090");
  });
  it("is shown as it is when a newer box names something unknown", () => {
    expect(subjectText("lift:7", {}, t)).toBe("lift:7");
  });
});
