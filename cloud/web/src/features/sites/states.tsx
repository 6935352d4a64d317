/** How a box and a device fare, in words. */

import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Status, type Tone } from "@/shared/ui/Status";
import type { Box, Device } from "./api";

export type BoxCondition = "revoked" | "new" | "offline" | "behind" | "online";

/** What matters most about a box now. */
export function boxCondition(box: Box): BoxCondition {
  if (box.revoked_at) return "revoked";
  if (!box.enrolled_at) return "new";
  if (!box.online) return "offline";
  const isBehind = box.pass_version !== box.pass_version_wanted || (box.config_version ?? 0) !== box.config_version_wanted;
  return isBehind ? "behind" : "online";
}

const BOX_TONE: Record<BoxCondition, Tone> = { revoked: "bad", new: "info", offline: "bad", behind: "attention", online: "good" };

export function BoxStatus({ box }: { box: Box }) {
  const { t } = useTranslation();
  const condition = boxCondition(box);
  return <Status tone={BOX_TONE[condition]}>{t(`sites.box.${condition}`)}</Status>;
}

const DEVICE_TONE = { online: "good", offline: "bad", fault: "attention", unknown: "quiet" } as const;

export function DeviceStatus({ device }: { device: Device }) {
  const { t } = useTranslation();
  const known = (["online", "offline", "fault"] as const).find((status) => status === device.status);
  const status = known ?? "unknown";
  if (isImpaired(device)) return <Status tone="attention">{t("sites.device.partly")}</Status>;
  return <Status tone={DEVICE_TONE[status]}>{t(`sites.device.${status}`)}</Status>;
}

/** Something of a device that is there may not work all the same. */
const isImpaired = (device: Device) => device.status === "online" && device.status_reason !== null;

export const hasReason = (device: Device) => device.status !== "online" || isImpaired(device);

/** Why it, or what of it, does not work, and below, small, what its driver said: an engineer's affair. */
export function DeviceReason({ device }: { device: Device }) {
  const { t } = useTranslation();
  const { status_reason: reason, status_number: number, status_detail: detail } = device;
  return (
    <>
      {reason && <Text size="xs">{t(`sites.deviceReason.${reason}`, { number })}</Text>}
      {detail && (
        <Text fz={11} c="dimmed" lang="en" style={{ overflowWrap: "anywhere" }}>
          {detail}
        </Text>
      )}
    </>
  );
}
