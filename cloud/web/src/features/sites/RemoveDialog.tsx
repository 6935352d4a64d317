/** Removing a site, a box, a device, a zone; taking a point out of service. Asked once, saying what will happen to whom. */

import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/shared/form/ConfirmDialog";
import { archivePoint, type Box, type Device, type Point, removeBox, removeDevice, removeSite, removeZone, type Site, UNSENT, type Zone } from "./api";

export type Removed =
  | { kind: "site"; thing: Site }
  | { kind: "box"; thing: Box; devices: number }
  | { kind: "device"; thing: Device }
  | { kind: "point"; thing: Point }
  | { kind: "zone"; thing: Zone; points: readonly string[] };

const ACTS = { site: removeSite, box: removeBox, device: removeDevice, point: archivePoint, zone: removeZone } as const;
/** The queries in which it stood. */
const LISTS = {
  site: ["sites"],
  box: ["boxes", "devices", "sites"],
  device: ["devices", ...UNSENT],
  point: ["points", ...UNSENT],
  zone: ["zones", "points", "inside", ...UNSENT],
} as const;

interface RemoveDialogProps {
  removed: Removed;
  onClose: () => void;
  onRemoved?: () => void;
}

export function RemoveDialog({ removed, onClose, onRemoved }: RemoveDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { kind, thing } = removed;
  const { name } = thing;
  const hint = {
    site: () => t("sites.removal.siteHint"),
    box: () => t("sites.removal.boxHint", { count: removed.kind === "box" ? removed.devices : 0 }),
    device: () => t("sites.removal.deviceHint", { box: "box_name" in thing ? thing.box_name : "" }),
    point: () => t("sites.removal.pointHint", { box: "box_name" in thing ? thing.box_name : "" }),
    zone: () => zoneHint(removed.kind === "zone" ? removed.points : [], t),
  }[kind];
  return (
    <ConfirmDialog
      title={t(`sites.removal.${kind}`, { name })}
      hint={hint()}
      submitLabel={kind === "point" ? t("sites.removal.archive") : t("action.delete")}
      act={() => ACTS[kind](thing.id)}
      onClose={onClose}
      onDone={() => {
        for (const list of LISTS[kind]) void client.invalidateQueries({ queryKey: [list] });
        notifications.show({ message: t(kind === "point" ? "sites.removal.archived" : "sites.removal.done", { name }), color: "teal" });
        onClose();
        onRemoved?.();
      }}
    />
  );
}

function zoneHint(points: readonly string[], t: TFunction): string {
  const led = points.length > 0 ? t("sites.removal.zonePoints", { points: points.join(", ") }) : t("sites.removal.zoneNoPoints");
  return `${led} ${t("sites.removal.zoneHint")}`;
}
