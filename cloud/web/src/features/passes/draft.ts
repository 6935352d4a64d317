/** What is entered in the form, and the draft that the server takes. */

import type { Credential } from "@/shared/credentials/readings";
import { formatTime, isoDay, momentInZone } from "@/shared/format/dates";
import type { Found } from "@/shared/lookups/LookupSelect";
import type { ChangedPass, PassCard, PassDraft, PassKind } from "./api";

export const VALIDITY = ["today", "tomorrow", "period", "endless"] as const;

export interface Entered {
  siteId: string;
  kind: PassKind;
  credentials: Credential[];
  /** What stands in the field and has not become a credential yet. */
  typed: string;
  vehicle: string;
  holder: string;
  premises: Found | null;
  host: Found | null;
  hostText: string;
  phone: string;
  document: string;
  service: string;
  validity: (typeof VALIDITY)[number];
  /** `2026-11-22 09:00:00`, on the site's clock. */
  from: string | null;
  until: string | null;
  entries: number | null;
  /** A PIN for a keypad, a code for a guard or a scanner: once given they stay. */
  pin: boolean;
  code: boolean;
  note: string;
}

type Card = PassCard["cards"][number];

/** Whether it is a PIN or a code, which the server makes up, and no card that somebody holds. */
export const isTyped = ({ format }: Pick<Card, "format">) => format === "PIN" || format === "CODE";

/** The pass's PIN or code, as people read it. */
export function typedOf(pass: Pick<PassCard, "cards">, format: "PIN" | "CODE"): string | undefined {
  return pass.cards.find((card) => card.format === format)?.printed;
}

export function emptyPass(service: string): Entered {
  return {
    siteId: "",
    kind: "guest",
    credentials: [],
    typed: "",
    vehicle: "",
    holder: "",
    premises: null,
    host: null,
    hostText: "",
    phone: "",
    document: "",
    service,
    validity: "today",
    from: null,
    until: null,
    entries: 1,
    pin: false,
    code: false,
    note: "",
  };
}

function wallClockOf(moment: string, zone: string): string {
  const at = new Date(moment);
  return `${isoDay(at, zone)} ${formatTime(at, zone, true)}`;
}

/** A pass that stands, as the form has it. */
export function enteredOf(pass: PassCard, zone: string): Entered {
  const plates = pass.plates.map((plate) => ({ type: "plate" as const, plate }));
  const held = pass.cards.filter((card) => !isTyped(card));
  const cards = held.map(({ printed, keys, format }) => ({ type: "card" as const, text: printed, key: keys[0] ?? null, format }));
  return {
    siteId: pass.site_id,
    kind: pass.kind,
    credentials: [...plates, ...cards],
    typed: "",
    vehicle: pass.vehicle,
    holder: pass.holder,
    premises: pass.premises_id ? { id: pass.premises_id, label: pass.address } : null,
    host: pass.host_id ? { id: pass.host_id, label: pass.host } : null,
    hostText: pass.host_id ? "" : pass.host,
    phone: pass.phone ?? "",
    document: pass.document,
    service: pass.service,
    validity: "period",
    from: wallClockOf(pass.valid_from, zone),
    until: pass.valid_until ? wallClockOf(pass.valid_until, zone) : null,
    entries: pass.entries,
    pin: typedOf(pass, "PIN") !== undefined,
    code: typedOf(pass, "CODE") !== undefined,
    note: pass.note,
  };
}

/** What the form does not show stays as it is: points, schedule, direction, ticket; so does an end that nobody touched. */
export function changedDraft(pass: PassCard, entered: Entered, zone: string): ChangedPass {
  const before = enteredOf(pass, zone);
  return {
    ...passDraft(entered, zone),
    version: pass.version,
    ...(entered.from === before.from ? { valid_from: pass.valid_from } : {}),
    ...(entered.until === before.until ? { valid_until: pass.valid_until } : {}),
    points: entered.siteId === pass.site_id ? pass.points : [],
    schedule: pass.schedule,
    direction: pass.direction,
    ticket: pass.ticket_kind ? { kind: pass.ticket_kind, id: pass.ticket_id, text: pass.ticket } : null,
  };
}

/** How often one comes in unless somebody says otherwise: a pass without end has no counted entries. */
const usualEntries = (validity: Entered["validity"]) => (validity === "endless" ? null : emptyPass("").entries);

/** Another validity brings its own number of entries, unless one was typed. */
export function validityOf(validity: Entered["validity"], before: Pick<Entered, "validity" | "entries">): Partial<Entered> {
  return before.entries === usualEntries(before.validity) ? { validity, entries: usualEntries(validity) } : { validity };
}

function wallClock(text: string, zone: string): string {
  const [day = "", time = "00:00"] = text.split(" ");
  return momentInZone(day, time.slice(0, 5), zone).toISOString();
}

/** From when until when, as the site's clocks show it; a day ends at the midnight after it. */
export function period(entered: Pick<Entered, "validity" | "from" | "until">, zone: string, now: Date): Pick<PassDraft, "valid_from" | "valid_until"> {
  const midnight = (days: number) => {
    const day = isoDay(now, zone);
    const next = new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000);
    return momentInZone(isoDay(next, "UTC"), "00:00", zone).toISOString();
  };
  switch (entered.validity) {
    case "today":
      return { valid_until: midnight(1) };
    case "tomorrow":
      return { valid_from: midnight(1), valid_until: midnight(2) };
    case "endless":
      return {};
    case "period":
      return {
        ...(entered.from ? { valid_from: wallClock(entered.from, zone) } : {}),
        ...(entered.until ? { valid_until: wallClock(entered.until, zone) } : {}),
      };
  }
}

export function passDraft(entered: Entered, zone: string, now = new Date()): PassDraft {
  const plates = entered.credentials.flatMap((one) => (one.type === "plate" ? [one.plate] : []));
  const cards = entered.credentials.flatMap((one) => (one.type === "card" ? [{ text: one.text, key: one.key }] : []));
  return {
    site_id: entered.siteId,
    kind: entered.kind,
    holder: entered.holder,
    vehicle: entered.vehicle,
    plates,
    cards,
    host_id: entered.host?.id ?? null,
    host: entered.host ? "" : entered.hostText,
    premises_id: entered.premises?.id ?? null,
    phone: entered.phone.trim() || null,
    document: entered.document.trim(),
    service: entered.service,
    entries: entered.entries,
    note: entered.note,
    points: [],
    schedule: [],
    pin: entered.pin,
    code: entered.code,
    ...period(entered, zone, now),
  };
}
