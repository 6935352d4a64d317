/** A point's barrier as its form has it. Keys are the server's own paths, so that its errors find their fields. */

import type { BarrierKind } from "@/shared/barrier/moves";
import type { Point } from "./api";

type Barrier = NonNullable<Point["barrier"]>;
type Light = Barrier["lights"][number];

/** Null: no number is typed. */
export type Typed = number | null;

export const CONTACTS = ["closed", "opened", "loop", "photocell", "passed", "exit_button"] as const;
export type ContactName = (typeof CONTACTS)[number];
export const TIMES = ["travel_s", "stay_s", "held_open_s"] as const;
export type TimeName = (typeof TIMES)[number];

/** A contact that is not wired has no input. */
export interface ContactEntered {
  input: Typed;
  normally_closed: boolean;
}

export interface LightEntered {
  direction: Light["direction"];
  green: Typed;
  red: Typed;
}

export type BarrierEntered = {
  "barrier.device": string | null;
  "barrier.kind": BarrierKind;
  "barrier.output": Typed;
  "barrier.pulse_ms": Typed;
  "barrier.close_output": Typed;
  "barrier.stop_output": Typed;
  "barrier.interlock": string | null;
  "barrier.lights": LightEntered[];
} & Record<`barrier.${ContactName}`, ContactEntered> &
  Record<`barrier.${TimeName}`, Typed>;

interface Asked {
  outputs: readonly ("close_output" | "stop_output")[];
  contacts: readonly ContactName[];
  times: readonly TimeName[];
  hasPulse: boolean;
}

const BY_ITSELF: Asked = { outputs: [], contacts: ["closed", "opened", "loop", "photocell", "exit_button"], times: ["travel_s", "stay_s", "held_open_s"], hasPulse: true };

/** What a kind is asked for; the rest would be refused, or mean nothing. */
export const ASKED: Record<BarrierKind, Asked> = {
  pulse: BY_ITSELF,
  step: BY_ITSELF,
  open_close: { ...BY_ITSELF, outputs: ["close_output", "stop_output"] },
  hold: { outputs: [], contacts: ["closed", "exit_button"], times: ["stay_s", "held_open_s"], hasPulse: false },
  turnstile: { outputs: [], contacts: ["passed", "exit_button"], times: ["stay_s"], hasPulse: true },
};
export const KINDS = ["pulse", "step", "open_close", "hold", "turnstile"] as const satisfies readonly BarrierKind[];

/** What a loop or a photocell tells must come by a cut wire, too; nobody is to leave by one. */
const CUT_WIRE_TELLS: ReadonlySet<ContactName> = new Set(["loop", "photocell"]);

const NEW = { kind: "pulse", output: 0, pulse_ms: 700, travel_s: 15, stay_s: 5, held_open_s: 120, lights: [] } as const;

export function barrierEntered(barrier: Point["barrier"]): BarrierEntered {
  const known = barrier ?? NEW;
  const contact = (name: ContactName): ContactEntered => {
    const wired = barrier?.[name];
    return wired ? { input: wired.input, normally_closed: wired.normally_closed } : { input: null, normally_closed: CUT_WIRE_TELLS.has(name) };
  };
  return {
    "barrier.device": barrier?.device ?? null,
    "barrier.kind": known.kind,
    "barrier.output": known.output,
    "barrier.pulse_ms": known.pulse_ms,
    "barrier.close_output": barrier?.close_output ?? null,
    "barrier.stop_output": barrier?.stop_output ?? null,
    "barrier.interlock": barrier?.interlock ?? null,
    "barrier.lights": (barrier?.lights ?? []).map(({ direction, green, red }) => ({ direction, green: green ?? null, red: red ?? null })),
    "barrier.closed": contact("closed"),
    "barrier.opened": contact("opened"),
    "barrier.loop": contact("loop"),
    "barrier.photocell": contact("photocell"),
    "barrier.passed": contact("passed"),
    "barrier.exit_button": contact("exit_button"),
    "barrier.travel_s": known.travel_s,
    "barrier.stay_s": known.stay_s,
    "barrier.held_open_s": known.held_open_s,
  };
}

/** What was not typed is refused beside its field, as any other fault is. */
function needed(typed: Typed): number {
  return typed as number;
}

/** As it is sent. What its kind is not asked for stays typed in the form, and is not sent. */
export function barrierToSend(values: BarrierEntered): Barrier | null {
  const device = values["barrier.device"];
  if (!device) return null;
  const kind = values["barrier.kind"];
  const asked = ASKED[kind];
  const output = (name: "close_output" | "stop_output") => (asked.outputs.includes(name) ? values[`barrier.${name}`] : null);
  const contact = (name: ContactName) => {
    const { input, normally_closed } = values[`barrier.${name}`];
    return asked.contacts.includes(name) && input !== null ? { input, normally_closed } : null;
  };
  const time = (name: TimeName) => (asked.times.includes(name) ? needed(values[`barrier.${name}`]) : NEW[name]);
  return {
    device,
    kind,
    output: needed(values["barrier.output"]),
    pulse_ms: asked.hasPulse ? needed(values["barrier.pulse_ms"]) : NEW.pulse_ms,
    close_output: output("close_output"),
    stop_output: output("stop_output"),
    closed: contact("closed"),
    opened: contact("opened"),
    loop: contact("loop"),
    photocell: contact("photocell"),
    passed: contact("passed"),
    exit_button: contact("exit_button"),
    travel_s: time("travel_s"),
    stay_s: time("stay_s"),
    held_open_s: time("held_open_s"),
    interlock: values["barrier.interlock"],
    lights: values["barrier.lights"],
  };
}
