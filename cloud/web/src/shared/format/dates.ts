/** Dates and ages. A moment is shown in the zone of the place it belongs to; without one, in the viewer's own. */

function parts(at: Date, zone: string | undefined, options: Intl.DateTimeFormatOptions): Record<string, string> {
  const format = new Intl.DateTimeFormat("en-GB", { ...options, ...(zone ? { timeZone: zone } : {}) });
  return Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
}

const DAY: Intl.DateTimeFormatOptions = { day: "2-digit", month: "2-digit", year: "numeric" };
const TIME: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** `22.11.2026` */
export function formatDate(at: Date, zone?: string): string {
  const { day = "", month = "", year = "" } = parts(at, zone, DAY);
  return `${day}.${month}.${year}`;
}

/** `19:05`, or `19:05:42` */
export function formatTime(at: Date, zone?: string, withSeconds = false): string {
  const { hour = "", minute = "", second = "" } = parts(at, zone, withSeconds ? { ...TIME, second: "2-digit" } : TIME);
  return withSeconds ? `${hour}:${minute}:${second}` : `${hour}:${minute}`;
}

/** `22.11.2026 19:05`: where there is no room for one line it breaks between the two, and not within digits. */
export function formatDateTime(at: Date, zone?: string, withSeconds = false): string {
  return `${formatDate(at, zone)} ${formatTime(at, zone, withSeconds)}`;
}

/** `2026-11-22` in the zone: the form of date inputs and of the API. */
export function isoDay(at: Date, zone?: string): string {
  const { day = "", month = "", year = "" } = parts(at, zone, DAY);
  return `${year}-${month}-${day}`;
}

/** How far the zone is from UTC at that moment, in minutes. */
export function zoneOffsetMinutes(at: Date, zone: string): number {
  const p = parts(at, zone, { ...DAY, ...TIME, second: "2-digit" });
  const local = Date.UTC(
    Number(p["year"]),
    Number(p["month"]) - 1,
    Number(p["day"]),
    Number(p["hour"]),
    Number(p["minute"]),
    Number(p["second"]),
  );
  return Math.round((local - Math.floor(at.getTime() / 1000) * 1000) / 60_000);
}

/** The moment when clocks in `zone` show `day` (`2026-11-22`) and `time` (`19:05`). */
export function momentInZone(day: string, time: string, zone: string): Date {
  const naive = Date.parse(`${day}T${time}:00Z`);
  const first = naive - zoneOffsetMinutes(new Date(naive), zone) * 60_000;
  // Once more with the offset that holds at the answer: the two differ around a change of the clocks.
  return new Date(naive - zoneOffsetMinutes(new Date(first), zone) * 60_000);
}

const DAY_MS = 86_400_000;

/** The day after (or before: −1) `2026-11-22`. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** From midnight to midnight in the zone, be it a day of 23 or of 25 hours. */
export function dayInZone(day: string, zone: string): { from: Date; until: Date } {
  return { from: momentInZone(day, "00:00", zone), until: momentInZone(dayAfter(day), "00:00", zone) };
}

/** The moments that the server takes. */
export const EARLIEST_MS = Date.UTC(2000, 0, 1);
export const LATEST_MS = Date.UTC(2100, 0, 1);
/** The days that are within them whole, by whichever clock. */
export const FIRST_DAY = "2000-01-02";
export const LAST_DAY = "2099-12-30";

/** Whether the text is a day of the calendar, as `2026-11-22`, and one that can be asked for. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < FIRST_DAY || text > LAST_DAY) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

const STEPS: readonly (readonly [limitS: number, unitS: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [86_400 * 30, 86_400, "day"],
  [86_400 * 365, 86_400 * 30, "month"],
];

/** `5 минут назад`, `in 2 hours`; under a minute, "now" in the language's word. */
export function formatAge(at: Date, now: Date, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const seconds = (at.getTime() - now.getTime()) / 1000;
  if (Math.abs(seconds) < 60) return format.format(0, "second");
  const [, unitS, unit] = STEPS.find(([limit]) => Math.abs(seconds) < limit) ?? [0, 86_400 * 365, "year" as const];
  return format.format(Math.trunc(seconds / unitS), unit);
}
