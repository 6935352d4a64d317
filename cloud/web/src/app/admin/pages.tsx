/** Administration's frame and pages. */

import { getRouteApi } from "@tanstack/react-router";

import { CompaniesPage } from "@/features/companies/CompaniesPage";
import { RolesPage } from "@/features/staff/RolesPage";
import { StaffPage } from "@/features/staff/StaffPage";
import { Shell } from "../shell/Shell";

const staffRoute = getRouteApi("/admin/staff");

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
