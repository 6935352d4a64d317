import { describe, expect, it } from "vitest";

import type { Driver, DriverField } from "@/shared/lookups/drivers";
import { entered, isAsked, movedTo, placed, toSend } from "./deviceDraft";

const PLAIN: DriverField = {
  name: "", kind: "text", title: "", help: null, example: null, unit: null, required: false, default: null,
  minimum: null, maximum: null, max_length: null, choices: [], secret: false, device: null, one_of: null, instead_of: null, fields: [],
};
const field = (more: Partial<DriverField>): DriverField => ({ ...PLAIN, ...more });
const driver = (fields: DriverField[], alternatives: Record<string, string> = {}): Driver => ({ driver: "x", role: "bus", also: null, title: "X", help: null, fields, alternatives });

const HOST = field({ name: "host", required: true });
const LINE = driver([
  HOST,
  field({ name: "timeout_ms", kind: "integer", default: 500 }),
  field({ name: "stop_bits", kind: "choice", default: 2, choices: [{ value: 1, title: "1" }, { value: 2, title: "2" }] }),
  field({ name: "held", kind: "integers", default: [] }),
  field({ name: "rtu", kind: "flag", default: false }),
]);
const READER = driver(
  [
    field({ name: "tcp", kind: "group", one_of: "line", fields: [HOST] }),
    field({ name: "serial", kind: "group", one_of: "line", fields: [field({ name: "port" }), field({ name: "baud", kind: "integer", default: 9600 })] }),
    field({ name: "key", secret: true }),
    field({ name: "insecure", kind: "flag", default: false, instead_of: "key" }),
  ],
  { line: "Line" },
);
const NEW = { name: "", box_id: "b" };

describe("placed", () => {
  it("names the fields that are drawn, and not those of the way that was not chosen", () => {
    const values = { ...entered(READER, NEW), "settings.insecure": true };
    expect(placed(READER, values)).toEqual(["settings.tcp.host", "settings.insecure"]);
  });
});

describe("movedTo", () => {
  it("leaves behind the devices of the box before, and nothing else", () => {
    const relay = driver([field({ name: "bus", kind: "device", device: "bus" }), HOST]);
    const values = { ...entered(relay, NEW), "settings.bus": "line", "settings.host": "h" };
    expect(movedTo("c", relay, values)).toEqual({ ...values, box_id: "c", "settings.bus": "" });
  });
});

describe("entered", () => {
  it("shows what counts when nothing is said", () => {
    expect(entered(LINE, NEW)).toEqual({
      box_id: "b", driver: "x", name: "",
      "settings.host": "", "settings.timeout_ms": 500, "settings.stop_bits": "2", "settings.held": "", "settings.rtu": false,
    });
  });
  it("shows what the device has, and never a secret", () => {
    const values = entered(READER, { ...NEW, settings: { serial: { port: "/dev/ttyS0" } } });
    expect(values["chosen.line"]).toBe("serial");
    expect(values["settings.serial.port"]).toBe("/dev/ttyS0");
    expect(values["secrets.key"]).toBe("");
    expect(entered(LINE, { ...NEW, settings: { held: [4, 5] } })["settings.held"]).toBe("4, 5");
  });
});

describe("toSend", () => {
  it("leaves unsaid what nobody changed, keeps what was said", () => {
    const values = entered(LINE, { ...NEW, settings: { host: "h", stop_bits: 2 } });
    expect(toSend(LINE, values, { host: "h", stop_bits: 2 }).settings).toEqual({ host: "h", stop_bits: 2 });
    expect(toSend(LINE, { ...values, "settings.timeout_ms": 800, "settings.stop_bits": "1" }, { host: "h" }).settings).toEqual({ host: "h", timeout_ms: 800, stop_bits: 1 });
    expect(toSend(LINE, { ...values, "settings.timeout_ms": null }, { timeout_ms: 800 }).settings).toEqual({ host: "h" });
  });
  it("reads lists of numbers, and leaves to the server what is none", () => {
    const values = { ...entered(LINE, NEW), "settings.held": "4; 5,x" };
    expect(toSend(LINE, values).settings).toEqual({ held: [4, 5, "x"] });
  });
  it("sends the chosen one of several alone, even if it is empty", () => {
    const values = { ...entered(READER, NEW), "settings.serial.port": "/dev/ttyS0", "chosen.line": "serial" };
    expect(toSend(READER, values).settings).toEqual({ serial: { port: "/dev/ttyS0" } });
    expect(toSend(READER, { ...values, "chosen.line": "tcp" }).settings).toEqual({ tcp: {} });
  });
  it("keeps a secret that was not typed, and takes away one that something stands instead of", () => {
    const values = entered(READER, NEW);
    expect(toSend(READER, values, {}, ["key"]).secrets).toEqual({});
    expect(toSend(READER, { ...values, "secrets.key": "00" }, {}, ["key"]).secrets).toEqual({ key: "00" });
    expect(toSend(READER, { ...values, "secrets.key": null }, {}, ["key"]).secrets).toEqual({ key: null });
    const open = { ...values, "settings.insecure": true, "secrets.key": "00" };
    expect(isAsked(READER.fields[2] ?? PLAIN, READER, open)).toBe(false);
    expect(toSend(READER, open, {}, ["key"])).toMatchObject({ secrets: { key: null }, settings: { insecure: true } });
    expect(toSend(READER, open).secrets).toEqual({});
  });
});
