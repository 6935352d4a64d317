import type { TFunction } from "i18next";
import { expect, test } from "vitest";

import { credentialText } from "./credential";

const t = ((key: string) => key) as TFunction;

test("a card is named as it is printed, not as its bits", () => {
  expect(credentialText({ credential: "W26:18:23011", read: "00001001001011001111000110" }, t)).toBe("18,23011");
  expect(credentialText({ credential: "EM:001259E3", read: "" }, t)).toBe("001259E3");
  expect(credentialText({ credential: null, read: "0101" }, t)).toBe("0101");
});

test("a face is called one, without the picture's hash", () => {
  expect(credentialText({ credential: "FACE:…b0f00a08", read: "face b0f00a08" }, t)).toBe("gate.byFace");
});
