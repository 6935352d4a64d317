/** What follows on the screen from what happened: kind of live event → kinds of lists and cards that it makes stale. */

export const STALE_BY_EVENT: Readonly<Record<string, readonly string[]>> = {
  passage: ["passages", "passes"],
  pass: ["passes"],
  blacklist: ["blacklist"],
  site: ["sites"],
  box: ["sites", "boxes"],
  device: ["devices"],
  command: ["commands"],
  meter: ["meters"],
  alarm: ["alarms", "quarantine"],
  staff: ["staff"],
};
