/** A channel in words: what it measures, on which of the device's inputs, in which phase. */

import type { TFunction } from "i18next";

/** `active_power_2_l1`: of the second input, the first phase. */
const PARTS = /^(.+?)(?:_(\d+))?(?:_l(\d))?$/;

/** A channel that we have no words for is called as its series is. */
export function channelText(channel: string, name: string, t: TFunction): string {
  const [, base = channel, number, phase] = PARTS.exec(channel) ?? [];
  let what = t(`meters.channel.${base as "total_energy"}`, { defaultValue: "" });
  if (!what) return name || channel;
  if (number) what = t("meters.ofInput", { what, number });
  return phase ? t("meters.ofPhase", { what, phase }) : what;
}
