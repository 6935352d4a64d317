/** What follows on the screen from what happened: kind of live event → kinds of lists and cards that it makes stale. */

import type { components } from "@/shared/api/schema";

export type LiveKind = components["schemas"]["LiveKind"];

export const STALE_BY_EVENT: Readonly<Record<LiveKind, readonly string[]>> = {
  alarm: ["alarms", "quarantine"],
  blocked: ["blacklist"],
  box: ["sites", "boxes", "configuration"],
  building: ["buildings", "complexes", "premises", "entrances", "people"],
  call: ["calls"],
  card: ["cards"],
  command: ["commands"],
  complex: ["complexes", "buildings", "premises"],
  decision: ["decisions", "passages", "passes"],
  device: ["devices", "configuration"],
  entrance: ["entrances"],
  notice: [], // a resident's
  meter: ["meters", "series", "chart", "configuration"],
  pass: ["passes", "inside", "cards"],
  passage: ["passages", "passes", "inside"],
  person: ["people"],
  point: ["points", "passages", "configuration", "zones"],
  premises: ["premises", "buildings", "complexes", "people"],
  site: ["sites", "zones", "inside", "passages", "passes", "cards", "blacklist", "boxes", "devices", "meters", "alarms", "configuration"], // it may have gone to another complex
  shift: ["shifts"],
  staff: ["staff", "me"],
  violation: ["violations"],
  visit: ["visits"],
  zone: ["zones", "points", "inside"],
};
