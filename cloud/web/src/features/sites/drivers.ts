/** The drivers of the box and a starting point for the settings of each; the box itself judges them. */

export const DRIVERS = [
  "modbus_tcp",
  "modbus_rtu",
  "modbus_relay",
  "osdp_reader",
  "pcsc_reader",
  "plate_http",
  "http_camera",
] as const;
export type Driver = (typeof DRIVERS)[number];

export function isDriver(name: string): name is Driver {
  return DRIVERS.some((driver) => driver === name);
}

export const EXAMPLE: Readonly<Record<Driver, Record<string, unknown>>> = {
  modbus_tcp: { host: "192.168.1.10", port: 502 },
  modbus_rtu: { port: "/dev/ttyS0", baud: 9600 },
  modbus_relay: { bus: "", unit: 1, profile: "wb_mr6c_v2" },
  osdp_reader: { tcp: { host: "192.168.1.20", port: 4001 }, address: 0 },
  pcsc_reader: { reader: "" },
  plate_http: { port: 8090 },
  http_camera: { url: "http://192.168.1.30/snapshot.jpg", user: "domovoy" },
};

/** What a driver keeps secret; it goes in and never comes out. */
export const SECRETS: Readonly<Record<Driver, readonly string[]>> = {
  modbus_tcp: [],
  modbus_rtu: [],
  modbus_relay: [],
  osdp_reader: ["key"],
  pcsc_reader: [],
  plate_http: ["token"],
  http_camera: ["password"],
};
