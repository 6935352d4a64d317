import { expect, test } from "vitest";

import { cardText } from "./cardText";

test.each([
  ["EM:007BB26E", "0008106606"],
  ["EM:FFFFFFFF", "4294967295"],
  ["UID:04A1B2C3", "04A1B2C3"],
  ["0001202659", "0001202659"],
])("%s is shown as %s", (key, text) => expect(cardText(key)).toBe(text));
