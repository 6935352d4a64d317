/** A device's form by its driver's description: what is shown at first, and what of it is sent. */

import type { Driver, DriverField } from "@/shared/lookups/drivers";
import type { Device } from "./api";

/** A text, a number (null where none is typed), yes or no; of a secret null: it is to be removed. */
export type Value = string | number | boolean | null;

/** Keys are the server's own paths, so that its errors find their fields. */
export interface Entered {
  box_id: string;
  driver: string;
  name: string;
  [setting: `settings.${string}`]: Value;
  [secret: `secrets.${string}`]: Value;
  [chosen: `chosen.${string}`]: string;
}

export interface Place {
  field: DriverField;
  /** Dotted, without `settings.` */
  path: string;
}

type Settings = Readonly<Record<string, unknown>>;

export function pathOf(place: Place): `settings.${string}` | `secrets.${string}` {
  return place.field.secret ? `secrets.${place.path}` : `settings.${place.path}`;
}

/** The fields of a level; a group stands for those in it. */
export function placesOf(fields: readonly DriverField[], within = ""): Place[] {
  return fields.map((field) => ({ field, path: within ? `${within}.${field.name}` : field.name }));
}

/** Every field, those in groups among them. */
export function everyPlace(fields: readonly DriverField[], within = ""): Place[] {
  return placesOf(fields, within).flatMap((place) => (place.field.kind === "group" ? everyPlace(place.field.fields, place.path) : [place]));
}

function at(settings: Settings, path: string): unknown {
  return path.split(".").reduce<unknown>((level, name) => (typeof level === "object" && level !== null ? (level as Settings)[name] : undefined), settings);
}

/** A value as its field shows it. */
function shown(field: DriverField, value: unknown): Value {
  const known = value ?? field.default;
  if (field.kind === "flag") return known === true;
  if (field.kind === "integers") return Array.isArray(known) ? known.join(", ") : "";
  if (field.kind === "integer" || field.kind === "number") return typeof known === "number" ? known : null;
  if (typeof known === "number") return String(known);
  return typeof known === "string" ? known : "";
}

/** What the form of a driver shows at first: what the device has, else what counts when nothing is said. */
export function entered(driver: Driver, device: Pick<Device, "name" | "box_id" | "settings"> | { name: string; box_id: string; settings?: Settings }): Entered {
  const settings = device.settings ?? {};
  const values: Entered = { box_id: device.box_id, driver: driver.driver, name: device.name };
  for (const place of everyPlace(driver.fields)) {
    values[pathOf(place)] = place.field.secret ? "" : shown(place.field, at(settings, place.path));
  }
  for (const word of Object.keys(driver.alternatives)) {
    const among = driver.fields.filter((field) => field.one_of === word);
    const chosen = among.find((field) => settings[field.name]) ?? among[0];
    if (chosen) values[`chosen.${word}`] = chosen.name;
  }
  return values;
}

/** Of another box: what it was connected to is a device of the box before. */
export function movedTo(box_id: string, driver: Driver, values: Entered): Entered {
  const devices = everyPlace(driver.fields).filter(({ field }) => field.kind === "device");
  return { ...values, ...Object.fromEntries(devices.map((place) => [pathOf(place), ""])), box_id };
}

/** Whether the field is in play: the chosen one of several, and not left out for another. */
export function isAsked(field: DriverField, driver: Driver, values: Entered): boolean {
  if (field.one_of && values[`chosen.${field.one_of}`] !== field.name) return false;
  return !driver.fields.some((other) => other.instead_of === field.name && values[`settings.${other.name}`] === true);
}

/** Paths of the fields that are drawn: only those in play. */
export function placed(driver: Driver, values: Entered): string[] {
  return everyPlace(driver.fields.filter((field) => isAsked(field, driver, values))).map(pathOf);
}

function wholeNumbers(text: string): (number | string)[] {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  return parts.map((part) => (/^-?\d+$/.test(part) ? Number(part) : part)); // what is no number is refused beside the field
}

function typed(field: DriverField, value: Value): unknown {
  if (field.kind === "integers") return wholeNumbers(String(value));
  if (field.kind === "choice") return field.choices.find((choice) => String(choice.value) === value)?.value ?? value;
  return typeof value === "string" ? value.trim() : value;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What was typed, as JSON of its level; what stands at its default and was never set stays unset. */
function level(fields: readonly DriverField[], within: string, driver: Driver, values: Entered, before: Settings): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const { field, path } of placesOf(fields, within)) {
    if (field.secret || (!within && !isAsked(field, driver, values))) continue;
    if (field.kind === "group") {
      if (field.one_of) settings[field.name] = level(field.fields, path, driver, values, (before[field.name] ?? {}) as Settings);
      continue;
    }
    const value = typed(field, values[`settings.${path}`] ?? "");
    const isUnsaid = value === "" || (isSame(value, field.default) && !(field.name in before));
    if (!isUnsaid) settings[field.name] = value;
  }
  return settings;
}

/** The body to send. `secretNames`: the secrets that are set; one that its field leaves out is removed. */
export function toSend(driver: Driver, values: Entered, before: Settings = {}, secretNames: readonly string[] = []) {
  const secrets: Record<string, string | null> = {};
  for (const { field, path } of everyPlace(driver.fields)) {
    if (!field.secret) continue;
    const value = values[`secrets.${path}`];
    if (!isAsked(field, driver, values) || value === null) {
      if (secretNames.includes(path)) secrets[path] = null;
    } else if (typeof value === "string" && value !== "") secrets[path] = value;
  }
  const { box_id, name } = values;
  return { box_id, name, driver: driver.driver, settings: level(driver.fields, "", driver, values, before), secrets };
}
