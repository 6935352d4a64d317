/** Where the bar on top was last, while it is not known whether it still is. */

import { keptRoom } from "./useRoom";

const GAP_PX = 12;

export function AlarmRoom() {
  const height = keptRoom();
  return height > 0 ? <div style={{ height, marginBottom: GAP_PX }} /> : null;
}
