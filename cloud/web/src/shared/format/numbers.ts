/** Numbers as the field writes them: non-breaking spaces, a comma in Russian, the unit after a space that holds. */

import { BYTES_STEPS, bytesText } from "@/shared/i18n/units";

const NBSP = "\u00a0";

function locale(language: string): string {
  return language.startsWith("ru") ? "ru-RU" : "en-GB";
}

/** `12 345,678`; digits after the point: at most `digits`, at least `least`. */
export function formatNumber(value: number, language: string, digits = 3, least = 0): string {
  const text = new Intl.NumberFormat(locale(language), { minimumFractionDigits: least, maximumFractionDigits: digits }).format(value);
  return text.replace(/[\s\u202f]/g, NBSP);
}

/** How many digits after the point, at most `most`, tell all of these: in a column each has as many. */
export function digitsOf(values: readonly number[], most = 3): number {
  return Math.max(0, ...values.map((value) => value.toFixed(most).split(".")[1]?.replace(/0+$/, "").length ?? 0));
}

/** `12,3 кВт·ч`: the unit never parts from its number. */
export function formatQuantity(value: number, unit: string, language: string, digits = 3): string {
  return unit === "" ? formatNumber(value, language, digits) : `${formatNumber(value, language, digits)}${NBSP}${unit}`;
}

/** The server's `54.3` as one types it: `54,3` in Russian. */
export function decimalText(decimal: string, language: string): string {
  return language.startsWith("ru") ? decimal.replace(".", ",") : decimal;
}

/** `1 234,56 ₽` from a decimal string: money never passes through a float. */
export function formatMoney(amount: string, language: string): string {
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(amount);
  if (!match) throw new RangeError(`not an amount of money: ${amount}`);
  const [, sign = "", whole = "0", cents = ""] = match;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, NBSP);
  const point = language.startsWith("ru") ? "," : ".";
  return `${sign === "-" ? "−" : ""}${grouped}${point}${cents.padEnd(2, "0")}${NBSP}₽`;
}

/** `+7 (999) 999-99-99`; a number of another country stays as it came. */
export function formatPhone(phone: string): string {
  const match = /^\+?7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(phone.replace(/[\s()-]/g, ""));
  if (!match) return phone;
  const [, code = "", a = "", b = "", c = ""] = match;
  return `+7${NBSP}(${code})${NBSP}${a}-${b}-${c}`;
}

/** Bytes as `1,4 МБ`. */
export function formatBytes(bytes: number, language: string): string {
  const step = Math.min(BYTES_STEPS - 1, bytes > 0 ? Math.floor(Math.log(bytes) / Math.log(1024)) : 0);
  return formatQuantity(bytes / 1024 ** step, bytesText(step, language), language, 1);
}
