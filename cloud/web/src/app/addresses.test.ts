import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { parseSignIn } from "./entry/routes";
import { makeRouter } from "./router";

type Parse = (raw: Record<string, unknown>) => Record<string, unknown>;

const NONSENSE = "\u0000eon";
/** Any words may be searched for. */
const WORDS = ["q"];

/** What a route reads of its address. */
function readBy(parse: Parse): string[] {
  const read = new Set<string>();
  parse(new Proxy({}, { get: (_, name) => void read.add(String(name)) }));
  return [...read];
}

const routes = Object.entries(makeRouter(new QueryClient()).routesById as unknown as Record<string, { options: { validateSearch?: Parse } }>);
const parsed = routes.flatMap(([id, { options }]) => (options.validateSearch ? [[id, options.validateSearch] as const] : []));

test.each(parsed)("nonsense in the address of %s reaches no page", (_, parse) => {
  const names = readBy(parse);
  expect(names).not.toEqual([]);
  const said = parse(Object.fromEntries(names.map((name) => [name, NONSENSE])));
  // The router keeps what nobody answers for: nonsense must be named, and undefined.
  expect(Object.keys(said).sort()).toEqual(names.sort());
  expect(Object.entries(said).filter(([name, value]) => value !== undefined && !WORDS.includes(name))).toEqual([]);
});

const dated = parsed.filter(([, parse]) => readBy(parse).includes("day"));

test.each(dated)("a day that nobody can ask the server for is none in the address of %s", (_, parse) => {
  for (const day of ["0001-01-01", "1970-01-01", "9999-12-31", "2026-02-30"]) expect(parse({ day })).toEqual({ day: undefined });
  expect(parse({ day: "2026-02-28" })).toEqual({ day: "2026-02-28" });
});

test.each(["https://example.com", "//example.com", "/\\example.com", "/\t/example.com", "/..//example.com", "javascript:alert(1)", "desk"])("sign-in leads to no %s", (next) => {
  expect(parseSignIn({ next })).toEqual({ next: undefined });
});

test("sign-in leads back to where one was", () => {
  expect(parseSignIn({ next: "/desk/passes?q=х711&page=2#a", notice: "ended" })).toEqual({ next: "/desk/passes?q=%D1%85711&page=2#a", notice: "ended" });
  expect(parseSignIn({})).toEqual({});
});
