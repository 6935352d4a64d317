/** Alarms of boxes. */

import { answer, api } from "@/shared/api/client";
import { changed, type Optimistic } from "@/shared/api/optimistic";
import type { PageQuery } from "@/shared/api/page";
import type { components } from "@/shared/api/schema";
import { ofComplex } from "@/shared/complex/complex";
import { type AlarmSearch, shownState } from "./search";

export type Alarm = components["schemas"]["AlarmCard"];
type AlarmState = components["schemas"]["AlarmState"];
type Severity = components["schemas"]["Severity"];

export const SEVERITIES: readonly Severity[] = ["critical", "warning", "notice"];

export function listAlarms(query: PageQuery, search: AlarmSearch) {
  const state = shownState(search);
  return answer(
    api.GET("/api/alarms", {
      params: {
        query: {
          ...query,
          ...(state === "all" ? {} : { state: [state satisfies AlarmState] }),
          ...(search.severity ? { severity: [search.severity as Severity] } : {}),
          ...ofComplex(search),
          ...(search.site ? { site_id: search.site } : {}),
        },
      },
    }),
  );
}

export const getAlarm = (id: string) => answer(api.GET("/api/alarms/{alarm_id}", { params: { path: { alarm_id: id } } }));

export const acknowledge = (id: string) =>
  answer(api.POST("/api/alarms/{alarm_id}/acknowledge", { params: { path: { alarm_id: id } } }));

/** Taking an alarm is seen at once, wherever it is shown. */
export const TAKING: Pick<Optimistic<string, unknown>, "act" | "keys" | "change"> = {
  act: acknowledge,
  keys: [["alarms"]],
  change: (data, id) => changed(data, id, (alarm) => ({ ...alarm, state: "acknowledged", acknowledged_at: new Date().toISOString() })),
};
