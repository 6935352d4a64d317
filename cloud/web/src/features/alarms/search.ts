/** The alarms' list as an address; without a state it shows what nobody has taken yet. */

import type { ListSearch } from "@/shared/api/page";

export const ALARM_STATES = ["open", "acknowledged", "cleared", "all"] as const;
export const ALARM_FILTERS = ["state", "severity", "site"] as const;
export type AlarmSearch = ListSearch & Partial<Record<(typeof ALARM_FILTERS)[number], string>>;

export const shownState = (search: AlarmSearch) => ALARM_STATES.find((state) => state === search.state) ?? "open";
