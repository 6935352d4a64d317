import { expect, test } from "vitest";

import { learn, ownerOf } from "./whose";

const [PASS, SITE, OTHER, ACCOUNT, ATHENS, SPARTA] = Array.from({ length: 6 }, (_, index) => `0192f000-0000-7000-8000-00000000000${index}`) as [string, string, string, string, string, string];

test("what an answer's rows name is of their company", () => {
  learn({ items: [{ id: PASS, site_id: SITE, organisation_id: ATHENS, account_id: ACCOUNT }], total: 1 });
  expect(ownerOf(`/api/access/passes/${PASS}`)).toBe(ATHENS);
  expect(ownerOf(JSON.stringify({ site_id: SITE, ids: [PASS] }))).toBe(ATHENS);
  expect(ownerOf(ACCOUNT)).toBeNull();
});

test("one thing tells, too", () => {
  learn({ id: OTHER, organisation_id: SPARTA });
  expect(ownerOf(OTHER)).toBe(SPARTA);
});

test("things of two companies are of none, and nothing is known of what nobody told", () => {
  expect(ownerOf(`${PASS} ${OTHER}`)).toBeNull();
  expect(ownerOf("/api/session")).toBeNull();
  learn([{ id: ACCOUNT }]);
  learn(null);
  expect(ownerOf(ACCOUNT)).toBeNull();
});
