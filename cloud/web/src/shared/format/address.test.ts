import { expect, test } from "vitest";

import { parseSearch, stringifySearch } from "./address";

test.each(["288e93", "0012345", "12345678901234567890", "1.50", "true", "null", '"а"', '{"a":1}', "[1]", "a&b=c+d", " "])("%s stays as it was typed", (typed) => {
  const address = stringifySearch({ q: typed });
  expect(parseSearch(address)).toEqual({ q: typed });
  expect(stringifySearch(parseSearch(address))).toBe(address);
});

test("what is not said is not in the address", () => {
  expect(stringifySearch({ q: undefined })).toBe("");
  expect(stringifySearch({ q: undefined, page: 2 })).toBe("?page=2");
  expect(parseSearch("")).toEqual({});
});
