/** Minutes of a day, as people write them. */

/** 240 → `04:00`. */
export function timeOf(minute: number | null): string {
  if (minute === null) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** `4:00`, `04.00`, `0400` → 240; null: nothing was typed; undefined: that is no time of day. */
export function minuteOf(typed: string): number | null | undefined {
  if (typed.trim() === "") return null;
  const [, hour, minute] = /^(\d{1,2})[:.]?(\d{2})$/.exec(typed.trim()) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  return Number(hour) < 24 && Number(minute) < 60 ? Number(hour) * 60 + Number(minute) : undefined;
}
