/** What can be done from anywhere, and where one can go. */

import type { SpotlightActionData } from "@mantine/spotlight";
import { IconDeviceTv, IconPlus } from "@tabler/icons-react";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { askFor } from "@/shared/keys/useKeys";
import { type Permission, useMay, useMe } from "@/shared/session/me";
import { sectionsFor } from "../shell/sections";
import { useAsLeft } from "../shell/useAsLeft";

/** Each is what `n` does in its section. */
const NEW = [
  { to: "/desk/passes", permission: "passes.issue", label: "passes.issue" },
  { to: "/desk/cards", permission: "passes.issue", label: "add.card" },
  { to: "/desk/blacklist", permission: "blacklist.manage", label: "add.blocked" },
  { to: "/desk/people", permission: "people.manage", label: "add.person" },
  { to: "/desk/meters", permission: "meters.manage", label: "add.meter" },
  { to: "/desk/sites", permission: "sites.manage", label: "add.site" },
  { to: "/admin/staff", permission: "staff.manage", label: "add.colleague" },
] as const satisfies readonly { to: string; permission: Permission; label: string }[];

export function useCommands(): SpotlightActionData[] {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const path = useLocation({ select: ({ pathname }) => pathname });
  return NEW.filter(({ permission }) => may(permission)).map(({ to, label }) => ({
    id: `new ${to}`,
    label: t(label),
    leftSection: <IconPlus size={18} />,
    onClick: () => {
      askFor("n", path === to);
      if (path !== to) void navigate({ to });
    },
  }));
}

export function usePlaces(): SpotlightActionData[] {
  const { t } = useTranslation();
  const asLeft = useAsLeft();
  const me = useMe();
  const may = useMay();
  const navigate = useNavigate();
  const sections = [...sectionsFor("desk", me), ...sectionsFor("admin", me)].map(({ id, to, icon: Icon }) => ({
    id,
    label: t(`section.${id}`),
    leftSection: <Icon size={18} />,
    onClick: () => void navigate({ to, search: asLeft(to) }),
  }));
  const wall = { id: "wall", label: t("wall.enter"), leftSection: <IconDeviceTv size={18} />, onClick: () => void navigate({ to: "/wall" }) };
  return may("passages.read") ? [...sections, wall] : sections;
}
