import { expect, test } from "vitest";

import { credentialText } from "./credential";

test("a card is named as it is printed, not as its bits", () => {
  expect(credentialText({ credential: "W26:18:23011", read: "00001001001011001111000110" })).toBe("18,23011");
  expect(credentialText({ credential: "EM:001259E3", read: "" })).toBe("001259E3");
  expect(credentialText({ credential: null, read: "0101" })).toBe("0101");
});
