/** What is entered in the form, and the draft that the server takes. */

import type { Credential } from "@/shared/credentials/readings";
import { formatTime, isoDay, momentInZone } from "@/shared/format/dates";
import type { Found } from "@/shared/lookups/LookupSelect";
import { type EnteredWindow, enteredWindows, type WeekWords, windowsOf } from "@/shared/week/week";
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
  /** Nothing: at any hour. */
  schedule: EnteredWindow[];
  /** None: every point of the site. */
  points: string[];
  direction: PassDraft["direction"] | null;
  ticket: string;
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
    schedule: [],
    points: [],
    direction: null,
    ticket: "",
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
  const cards = held.map(({ printed, keys, format, equivalents }) => ({ type: "card" as const, text: printed, key: keys[0] ?? null, format, spellings: equivalents }));
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
    schedule: enteredWindows(pass.schedule),
    points: pass.points,
    direction: pass.direction,
    ticket: pass.ticket,
  };
}

/** What nobody touched stays as it is to the second, and to the ticket that is meant. */
export function changedDraft(pass: PassCard, entered: Entered, zone: string, words: WeekWords): ChangedPass {
  const before = enteredOf(pass, zone);
  const isSameTicket = entered.ticket === before.ticket && pass.ticket_kind !== null;
  const isSameWeek = JSON.stringify(entered.schedule) === JSON.stringify(before.schedule);
  return {
    ...passDraft(isSameWeek ? { ...entered, schedule: [] } : entered, zone, words),
    ...(isSameWeek ? { schedule: pass.schedule } : {}),
    version: pass.version,
    ...(entered.from === before.from ? { valid_from: pass.valid_from } : {}),
    ...(entered.until === before.until ? { valid_until: pass.valid_until } : {}),
    ...(isSameTicket ? { ticket: { kind: pass.ticket_kind ?? TICKET, id: pass.ticket_id, text: pass.ticket } } : {}),
  };
}

/** Points of one site are none of another. */
export const atSite = (siteId: string): Pick<Entered, "siteId" | "points"> => ({ siteId, points: [] });

export type Term = Pick<Entered, "kind" | "validity" | "entries">;
const VISIT = { validity: "today", entries: 1 } as const;
const FOR_GOOD = { validity: "endless", entries: null } as const;

/** For how long, and how often one comes in, unless somebody says otherwise. */
const USUAL: Record<PassKind, Pick<Entered, "validity" | "entries">> = {
  guest: VISIT,
  service: VISIT,
  contractor: VISIT,
  recurring: { validity: "period", entries: null },
  resident: FOR_GOOD,
  staff: FOR_GOOD,
  special: FOR_GOOD,
};

/** A pass without end has no counted entries. */
const usualEntries = (kind: PassKind, validity: Entered["validity"]) => (validity === "endless" ? null : USUAL[kind].entries);

/** Another validity brings its own number of entries, unless one was typed. */
export function validityOf(validity: Entered["validity"], before: Term): Partial<Entered> {
  const isUsual = before.entries === usualEntries(before.kind, before.validity);
  return isUsual ? { validity, entries: usualEntries(before.kind, validity) } : { validity };
}

/** Another kind brings its own term and number of entries, unless others were typed. */
export function kindOf(kind: PassKind, before: Term & Pick<Entered, "from" | "until">): Term {
  const isUsualTerm = before.validity === USUAL[before.kind].validity && before.from === null && before.until === null;
  const validity = isUsualTerm ? USUAL[kind].validity : before.validity;
  const isUsual = before.entries === usualEntries(before.kind, before.validity);
  return { kind, validity, entries: isUsual ? usualEntries(kind, validity) : before.entries };
}

/** What a guest's pass is called no other one is, unless somebody typed it. */
export function serviceOf(kind: PassKind, before: string, guests: string): string {
  const [usual, other] = kind === "guest" ? [guests, ""] : ["", guests];
  return before === other ? usual : before;
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

/** Of a ticket that is told in words alone. */
const TICKET = "ticket";

/** Throws as `windowsOf`. */
export function passDraft(entered: Entered, zone: string, words: WeekWords, now = new Date()): PassDraft {
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
    points: entered.points,
    schedule: windowsOf(entered.schedule, words),
    direction: entered.direction ?? null,
    ticket: entered.ticket.trim() ? { kind: TICKET, text: entered.ticket.trim() } : null,
    pin: entered.pin,
    code: entered.code,
    ...period(entered, zone, now),
  };
}
