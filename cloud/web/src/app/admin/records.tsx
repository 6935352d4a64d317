/** The audit trail and what was set aside, loaded when they are opened. */

import { getRouteApi } from "@tanstack/react-router";

import { AuditPage } from "@/features/audit/AuditPage";
import { PoliciesPage } from "@/features/policies/PoliciesPage";
import { QuarantinePage } from "@/features/quarantine/QuarantinePage";

const quarantineRoute = getRouteApi("/admin/quarantine");
const policiesRoute = getRouteApi("/admin/policies");
const auditRoute = getRouteApi("/admin/audit");

export function Audit() {
  return <AuditPage search={auditRoute.useSearch()} />;
}

export function Policies() {
  return <PoliciesPage search={policiesRoute.useSearch()} />;
}

export function Quarantine() {
  return <QuarantinePage search={quarantineRoute.useSearch()} />;
}
