import { afterEach, expect, test, vi } from "vitest";

import { loaded, told } from "./loading";
import { Problem } from "./problem";

afterEach(() => vi.unstubAllGlobals());

const SCRIPT = new TypeError("Failed to fetch dynamically imported module: https://domovoy.example/assets/sites-1.js");
const STYLES = new Error("Unable to preload CSS for /assets/DayPicker-1.css");

test("a script or a style that did not come is a lost connection, an error of ours is none", () => {
  for (const error of [SCRIPT, STYLES]) expect(told(error)).toMatchObject({ code: Problem.NETWORK });
  const ours = new TypeError("undefined is not a function");
  expect(told(ours)).toBe(ours);
});

test("a page that did not come is told as a lost connection where the server is away, and left to the router where it answers", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(loaded(Promise.reject(SCRIPT))).rejects.toMatchObject({ code: Problem.NETWORK });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response()));
  await expect(loaded(Promise.reject(SCRIPT))).rejects.toBe(SCRIPT);
});
