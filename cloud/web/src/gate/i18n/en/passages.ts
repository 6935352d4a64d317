import type { Translation } from "@/shared/i18n/shape";
import type { passages as russian } from "../ru/passages";

export const passages: Translation<typeof russian> = {
  title: "Passages",
  search: "Plate, card, name, address, telephone, pass",
  searchLabel: "Search passages",
  lane: "Where",
  anyLane: "Everywhere",
  until: "Not later than",
  untilHint: "By the site's clock",
  show: { all: "All", let_through: "Let in or out", denied: "Refused", by_guard: "Decided by a guard", not_opened: "Not opened" },
  column: { at: "Time", lane: "Where", read: "What was read", who: "Who", verdict: "Decision" },
  hasStill: "There is a picture",
  hasVideo: "There is video",
  noStill: "No picture",
  details: "The passage",
  gate: "The system's decision",
  guard: "The guard's decision",
  noticed: "Noticed",
  earlier: "Show earlier ones",
  fresh_one: "Show {{count}} new passage",
  fresh_other: "Show {{count}} new passages",
  empty: "No passages in the last days",
  emptyHint: "Check the plate, the place and the time: two or three digits in a row are enough.",
};
