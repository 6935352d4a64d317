/** A channel in words: models have many more than we have names for. */

import type { TFunction } from "i18next";

export function channelText(channel: string, name: string, t: TFunction): string {
  return t(`meters.channel.${channel as "total_energy"}`, { defaultValue: name || channel });
}
