import { describe, expect, it } from "vitest";

import { ASKED, barrierEntered, barrierToSend, KINDS } from "./barrierDraft";

const GATE = {
  device: "relay",
  kind: "open_close",
  output: 0,
  pulse_ms: 500,
  close_output: 1,
  stop_output: 2,
  closed: { input: 0, normally_closed: false },
  opened: { input: 1, normally_closed: false },
  loop: { input: 2, normally_closed: true },
  photocell: null,
  passed: null,
  exit_button: { input: 4, normally_closed: false },
  travel_s: 12.5,
  stay_s: 7,
  held_open_s: 90,
  interlock: "inner",
  lights: [{ direction: "in", green: 3, red: null }],
} as const;
const gate = { ...GATE, lights: GATE.lights.map((light) => ({ ...light })) };

describe("a barrier's form", () => {
  it("sends what it was given, unchanged", () => {
    expect(barrierToSend(barrierEntered(gate))).toEqual(gate);
  });

  it("sends no barrier without a module", () => {
    expect(barrierToSend(barrierEntered(null))).toBeNull();
  });

  it("keeps what another kind does not ask for, and does not send it", () => {
    const lock = { ...barrierEntered(gate), "barrier.kind": "hold" as const };
    const sent = barrierToSend(lock);
    expect([sent?.close_output, sent?.stop_output, sent?.opened, sent?.loop, sent?.travel_s, sent?.pulse_ms]).toEqual([null, null, null, null, 15, 700]);
    expect([sent?.closed, sent?.exit_button, sent?.stay_s]).toEqual([gate.closed, gate.exit_button, 7]);
    expect(barrierToSend({ ...lock, "barrier.kind": "open_close" })).toEqual(gate);
  });

  it("leaves what was not typed to the server to refuse", () => {
    const sent = barrierToSend({ ...barrierEntered(gate), "barrier.output": null, "barrier.stay_s": null });
    expect([sent?.output, sent?.stay_s]).toEqual([null, null]);
  });

  it("takes input 0 for an input", () => {
    expect(barrierToSend(barrierEntered(gate))?.closed).toEqual({ input: 0, normally_closed: false });
  });

  it("has the eyes of a new one wired so that a cut wire tells, and its button so that it does not", () => {
    const fresh = barrierEntered(null);
    expect(fresh["barrier.loop"].normally_closed).toBe(true);
    expect(fresh["barrier.exit_button"].normally_closed).toBe(false);
  });

  it("asks every kind for something", () => {
    for (const kind of KINDS) expect(ASKED[kind].contacts).toContain("exit_button");
  });
});
