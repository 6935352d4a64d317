/** Administration's frame and pages. */

import { getRouteApi } from "@tanstack/react-router";

import { AuditPage } from "@/features/audit/AuditPage";
import { CompaniesPage } from "@/features/companies/CompaniesPage";
import { QuarantinePage } from "@/features/quarantine/QuarantinePage";
import { RolesPage } from "@/features/staff/RolesPage";
import { StaffPage } from "@/features/staff/StaffPage";
import { Shell } from "../shell/Shell";

const staffRoute = getRouteApi("/admin/staff");
const quarantineRoute = getRouteApi("/admin/quarantine");
const auditRoute = getRouteApi("/admin/audit");

export function AdminShell() {
  return <Shell face="admin" />;
}

export function Companies() {
  return <CompaniesPage />;
}

export function Staff() {
  return <StaffPage search={staffRoute.useSearch()} />;
}

export function Roles() {
  return <RolesPage />;
}

export function Audit() {
  return <AuditPage search={auditRoute.useSearch()} />;
}

export function Quarantine() {
  return <QuarantinePage search={quarantineRoute.useSearch()} />;
}
