/** What a person may order a point's barrier to do from afar, and how that is sent. */

import { answer, api } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import { dayAfter, isoDay, momentInZone } from "@/shared/format/dates";

type Schemas = components["schemas"];
export type BarrierKind = Schemas["BarrierKind"];
export type BarrierPosition = Schemas["BarrierPosition"];
export type Hold = Schemas["HoldCard"];
export type Move = "open" | "close" | "stop" | "hold" | "release";

/** A point as far as its barrier goes. */
export interface Movable {
  id: string;
  name: string;
  site: string;
  site_id: string;
  kind: BarrierKind;
  can_stop: boolean;
  position: BarrierPosition | null;
  hold: Hold | null;
}

const CLOSED_BY_BOX: ReadonlySet<BarrierKind> = new Set(["open_close", "hold"]);

/** Those that its kind can do; what stands in the way at the moment its box knows, and says. */
export function movesOf({ kind, can_stop, hold }: Pick<Movable, "kind" | "can_stop" | "hold">): Move[] {
  if (hold) return ["release", "open"];
  const moves: Move[] = ["open"];
  if (CLOSED_BY_BOX.has(kind)) moves.push("close");
  if (can_stop) moves.push("stop");
  return [...moves, "hold"];
}

/** When clocks in the zone show the time next: today, or tomorrow when it has passed. */
export function nextAt(time: string, zone: string, now: Date): Date {
  const today = isoDay(now, zone);
  const at = momentInZone(today, time, zone);
  return at > now ? at : momentInZone(dayAfter(today), time, zone);
}

export function orderMove(id: string, move: Move, reason: string, until: Date | null) {
  const params = { path: { point_id: id } };
  switch (move) {
    case "open":
      return answer(api.POST("/api/points/{point_id}/open", { params, body: { reason } }));
    case "close":
      return answer(api.POST("/api/points/{point_id}/close", { params, body: { reason } }));
    case "stop":
      return answer(api.POST("/api/points/{point_id}/stop", { params, body: { reason } }));
    case "release":
      return answer(api.POST("/api/points/{point_id}/release", { params, body: { reason } }));
    case "hold":
      return answer(api.POST("/api/points/{point_id}/hold", { params, body: { reason, until: (until ?? new Date()).toISOString() } }));
  }
}

export const getCommand = (id: string) => answer(api.GET("/api/commands/{command_id}", { params: { path: { command_id: id } } }));
