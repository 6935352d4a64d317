import { beforeEach, describe, expect, test } from "vitest";

import type { Schema } from "../api/client";
import { Problem } from "../api/problem";
import { type Queued, sendAll, type Server, type Shelf } from "./queue";

const AWAY = Problem.network(new Error("no route"));
const REFUSED = new Problem({ title: "Проверьте поля.", status: 422, code: "invalid" });
const ENDED = new Problem({ title: "Войдите.", status: 401, code: "not_signed_in" });

let kept: Map<string, Queued>;
let got: Schema["NewViolation"][];
let fails: (id: string) => Error | null;

const shelf: Shelf = {
  all: () => Promise.resolve([...kept.values()]),
  put: (queued) => Promise.resolve(void kept.set(queued.id, queued)),
  drop: (id) => Promise.resolve(void kept.delete(id)),
};
const server: Server = {
  photo: (photo) => Promise.resolve({ sha256: `hash of ${photo.size}` }),
  violation: (body) => {
    const error = fails(body.id);
    if (error) return Promise.reject(error);
    got.push(body);
    return Promise.resolve();
  },
};

function queued(id: string, at: string, photos: readonly Blob[] = []): Queued {
  return { id, at, photos, guard: { id: "g", name: "Иванов" }, body: { id, kind: "parking" } };
}

beforeEach(() => {
  got = [];
  fails = () => null;
  kept = new Map([
    ["late", queued("late", "2026-11-28T11:00:00Z")],
    ["early", queued("early", "2026-11-28T10:00:00Z", [new Blob(["1234"])])],
  ]);
});

describe("what waits", () => {
  test("goes oldest first, with its photos and the time when it was seen", async () => {
    expect(await sendAll(shelf, server)).toBe(true);
    expect(got.map(({ id }) => id)).toEqual(["early", "late"]);
    expect(got[0]).toMatchObject({ photos: ["hash of 4"], at: "2026-11-28T10:00:00Z" });
    expect(kept.size).toBe(0);
  });

  test.each([AWAY, ENDED])("stays while the server is not to be had: %o", async (error) => {
    fails = () => error;
    expect(await sendAll(shelf, server)).toBe(false);
    expect([...kept.values()].map(({ refused }) => refused)).toEqual([undefined, undefined]);
  });

  test("that the server refuses is kept with its words, and holds up nothing", async () => {
    fails = (id) => (id === "early" ? REFUSED : null);
    expect(await sendAll(shelf, server)).toBe(true);
    expect(got.map(({ id }) => id)).toEqual(["late"]);
    expect(kept.get("early")?.refused).toBe("Проверьте поля.");
    fails = () => null;
    expect(await sendAll(shelf, server)).toBe(false);
  });

  test("a fault of our own is not hidden", async () => {
    fails = () => new TypeError("defect");
    await expect(sendAll(shelf, server)).rejects.toThrow("defect");
  });
});
