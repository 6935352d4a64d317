/** Units in the viewer's language. */

const RUSSIAN: Readonly<Record<string, string>> = {
  kWh: "кВт·ч",
  Wh: "Вт·ч",
  kvarh: "квар·ч",
  kVAh: "кВА·ч",
  W: "Вт",
  kW: "кВт",
  var: "вар",
  VA: "ВА",
  V: "В",
  A: "А",
  Hz: "Гц",
  m3: "м³",
  Gcal: "Гкал",
  "°C": "°C",
  pulse: "имп.",
};

const ENGLISH: Readonly<Record<string, string>> = { m3: "m³", pulse: "pulses" };

export function unitText(unit: string, language: string): string {
  return (language.startsWith("ru") ? RUSSIAN : ENGLISH)[unit] ?? unit;
}

/** Bytes and their thousands. */
export function bytesText(step: number, language: string): string {
  return (language.startsWith("ru") ? ["Б", "КБ", "МБ", "ГБ"] : ["B", "KB", "MB", "GB"])[step] ?? "";
}

export const BYTES_STEPS = 4;
