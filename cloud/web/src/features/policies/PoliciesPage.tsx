/** What the company allows of each kind of pass, a line a kind; and at each point. */

import { Button, SegmentedControl, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "@/shared/format/numbers";
import { PASS_KINDS } from "@/shared/lookups/passKinds";
import { useCompany } from "@/shared/session/me";
import { later, useSoon } from "@/shared/ui/later";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { ShortTable } from "@/shared/ui/ShortTable";
import { listPolicies, type Policy } from "./api";
import { PointPolicies } from "./PointPolicies";
import { entered } from "./policyDraft";
import type { PolicySearch } from "./search";

const load = async () => (await import("./PolicyDialog")).PolicyDialog;
const PolicyDialog = later(load);

type Kind = Policy["kind"];
const COLUMNS = ["longest_days", "per_day", "standing", "vehicles", "hours", "approval", "residents"] as const;

export function PoliciesPage({ search }: { search: PolicySearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const isOfPoints = search.of === "points";
  const parts = [
    { value: "", label: t("policies.ofKinds") },
    { value: "points", label: t("policies.ofPoints") },
  ];
  return (
    <Page title={t("section.policies")}>
      <SegmentedControl
        aria-label={t("section.policies")}
        style={{ alignSelf: "flex-start" }}
        data={parts}
        value={search.of ?? ""}
        onChange={(of) => void navigate({ to: "/admin/policies", search: of === "points" ? { of } : {} })}
      />
      <Text size="sm" c="dimmed" maw={760}>
        {t(isOfPoints ? "policies.pointsHint" : "policies.hint")}
      </Text>
      {isOfPoints ? <PointPolicies search={search} /> : <KindPolicies />}
    </Page>
  );
}

function KindPolicies() {
  const { t } = useTranslation();
  const company = useCompany();
  const policies = useQuery({ queryKey: ["policies"], queryFn: listPolicies });
  const [edited, setEdited] = useState<Kind | null>(null);
  useSoon(load);
  const of = (kind: Kind) => policies.data?.find((policy) => policy.kind === kind && policy.organisation_id === company?.id);
  return (
    <>
      {policies.isError && <ProblemNotice error={policies.error} onRetry={() => void policies.refetch()} />}
      {policies.data && <Policies of={of} onEdit={setEdited} />}
      {edited && (
        <PolicyDialog
          kind={edited}
          policy={of(edited)}
          onClose={() => setEdited(null)}
          onSaved={() => {
            setEdited(null);
            notifications.show({ message: t("policies.saved"), color: "teal" });
          }}
        />
      )}
    </>
  );
}

interface PoliciesProps {
  of: (kind: Kind) => Policy | undefined;
  onEdit: (kind: Kind) => void;
}

function Policies({ of, onEdit }: PoliciesProps) {
  const { t } = useTranslation();
  const cell = useCell();
  const edit = (kind: Kind) => (
    <Button size="xs" variant="default" aria-label={t("policies.change", { kind: t(`passes.kind.${kind}`) })} onClick={() => onEdit(kind)}>
      {t("action.change")}
    </Button>
  );
  return (
    <ShortTable
      label={t("section.policies")}
      rows={PASS_KINDS}
      rowKey={(kind) => kind}
      name={{ title: t("passes.kindLabel"), of: (kind) => t(`passes.kind.${kind}`) }}
      parts={COLUMNS.map((column) => ({ title: t(`policies.${column}`), show: (kind: Kind) => cell(of(kind), column, kind) }))}
      acts={edit}
    />
  );
}

/** A limit in words; where the company sets none, that is said, too. */
function useCell() {
  const { t, i18n } = useTranslation();
  return (policy: Policy | undefined, column: (typeof COLUMNS)[number], kind: Kind) => {
    if (column === "approval") return policy?.approval ? t("policies.manager") : t("policies.atOnce");
    if (column === "residents") return t(entered(policy, kind).residents ? "policies.residents_yes" : "policies.residents_no");
    if (column === "hours") {
      const { from_minute: from, until_minute: until } = entered(policy, kind);
      return from ? `${from}–${until}` : t("policies.anyHour");
    }
    const limit = policy?.[column];
    return limit === null || limit === undefined ? t("policies.noLimit") : formatNumber(limit, i18n.language);
  };
}
