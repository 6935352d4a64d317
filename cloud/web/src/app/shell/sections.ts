/** Which sections a face has, and what one must be allowed to see each. */

import {
  IconActivity,
  IconAlertOctagon,
  IconBan,
  IconBell,
  IconBuildingEstate,
  IconBuildings,
  IconChartBar,
  IconChecklist,
  IconClockX,
  IconCreditCard,
  IconEye,
  IconGauge,
  IconHistory,
  IconId,
  IconInbox,
  IconPhoneIncoming,
  IconRouter,
  IconShieldCheck,
  IconUserShield,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";

import type { Me, Permission } from "@/shared/session/me";

interface Section {
  id: "board" | "alarms" | "passes" | "cards" | "calls" | "blacklist" | "people" | "housing" | "sites" | "meters" | "statistics" | "watch" | "violations" | "companies" | "staff" | "roles" | "policies" | "retention" | "looks" | "audit" | "quarantine";
  to:
    | "/desk/board"
    | "/desk/alarms"
    | "/desk/passes"
    | "/desk/cards"
    | "/desk/calls"
    | "/desk/blacklist"
    | "/desk/people"
    | "/desk/housing"
    | "/desk/sites"
    | "/desk/meters"
    | "/desk/statistics"
    | "/desk/watch"
    | "/desk/violations"
    | "/admin/companies"
    | "/admin/staff"
    | "/admin/roles"
    | "/admin/policies"
    | "/admin/retention"
    | "/admin/looks"
    | "/admin/audit"
    | "/admin/quarantine";
  icon: typeof IconActivity;
  permission: Permission;
  /** Those who run the installation have it, whatever else they may. */
  isOperators?: true;
}

export type Face = "desk" | "admin";

export const SECTIONS: Readonly<Record<Face, readonly Section[]>> = {
  desk: [
    { id: "board", to: "/desk/board", icon: IconActivity, permission: "passages.read" },
    { id: "alarms", to: "/desk/alarms", icon: IconBell, permission: "alarms.read" },
    { id: "passes", to: "/desk/passes", icon: IconId, permission: "passes.read" },
    { id: "cards", to: "/desk/cards", icon: IconCreditCard, permission: "passes.read" },
    { id: "calls", to: "/desk/calls", icon: IconPhoneIncoming, permission: "passages.read" },
    { id: "blacklist", to: "/desk/blacklist", icon: IconBan, permission: "blacklist.read" },
    { id: "watch", to: "/desk/watch", icon: IconUserShield, permission: "watch.read" },
    { id: "violations", to: "/desk/violations", icon: IconAlertOctagon, permission: "violations.read" },
    { id: "people", to: "/desk/people", icon: IconUsers, permission: "people.read" },
    { id: "housing", to: "/desk/housing", icon: IconBuildingEstate, permission: "housing.read" },
    { id: "sites", to: "/desk/sites", icon: IconRouter, permission: "sites.read" },
    { id: "meters", to: "/desk/meters", icon: IconGauge, permission: "meters.read" },
    { id: "statistics", to: "/desk/statistics", icon: IconChartBar, permission: "passages.read" },
  ],
  admin: [
    { id: "staff", to: "/admin/staff", icon: IconUsersGroup, permission: "staff.read" },
    { id: "roles", to: "/admin/roles", icon: IconShieldCheck, permission: "roles.manage" },
    { id: "companies", to: "/admin/companies", icon: IconBuildings, permission: "organisation.manage", isOperators: true },
    { id: "policies", to: "/admin/policies", icon: IconChecklist, permission: "organisation.manage" },
    { id: "retention", to: "/admin/retention", icon: IconClockX, permission: "audit.read" },
    { id: "looks", to: "/admin/looks", icon: IconEye, permission: "audit.read" },
    { id: "audit", to: "/admin/audit", icon: IconHistory, permission: "audit.read" },
    { id: "quarantine", to: "/admin/quarantine", icon: IconInbox, permission: "quarantine.read" },
  ],
};

/** Whether an address is of a section that nobody without its permission is shown; `may`: what one may where one works now. */
export function isForbidden(path: string, me: Me, may: (permission: Permission) => boolean): boolean {
  const section = [...SECTIONS.desk, ...SECTIONS.admin].find(({ to }) => path === to || path.startsWith(`${to}/`));
  return section !== undefined && !isSeen(section, me, may);
}

/** What this person may see of a face. */
export function sectionsFor(face: Face, me: Me): readonly Section[] {
  return SECTIONS[face].filter((section) => isSeen(section, me, (permission) => me.companies.some(({ permissions }) => permissions.includes(permission))));
}

function isSeen({ permission, isOperators }: Section, me: Me, may: (permission: Permission) => boolean): boolean {
  return (isOperators && me.is_operator) || may(permission);
}
