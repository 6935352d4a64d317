/** The zones that the browser knows, Russia's first. */

const RUSSIAN = [
  "Europe/Kaliningrad",
  "Europe/Moscow",
  "Europe/Samara",
  "Asia/Yekaterinburg",
  "Asia/Omsk",
  "Asia/Krasnoyarsk",
  "Asia/Irkutsk",
  "Asia/Yakutsk",
  "Asia/Vladivostok",
  "Asia/Magadan",
  "Asia/Kamchatka",
];

export const TIME_ZONES: string[] = [...RUSSIAN, ...Intl.supportedValuesOf("timeZone").filter((zone) => !RUSSIAN.includes(zone)), "UTC"].filter(
  (zone, index, all) => all.indexOf(zone) === index,
);
