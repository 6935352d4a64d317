/** A resident's invitation: whom it is for, a password where there is none yet, and what comes next. */

import { PasswordInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useDraft } from "@/shared/form/useDraft";
import { ProblemNotice } from "@/shared/ui/Problem";
import { acceptResidence, lookAtResidence, type ResidenceSeen } from "./api";
import { EntryForm } from "./EntryForm";
import { EntryLayout } from "./EntryLayout";
import { BackToSignIn, NoToken } from "./Reset";

export function ResidentInvitation({ token }: { token: string | undefined }) {
  const { t } = useTranslation();
  const [accepted, setAccepted] = useState<ResidenceSeen | null>(null);
  const isOpen = token !== undefined && accepted === null;
  const seen = useQuery({ queryKey: ["residence", token], queryFn: () => lookAtResidence(token ?? ""), enabled: isOpen });
  if (!token) return <NoToken title={t("session.residentTitle")} />;
  if (accepted) {
    return (
      <EntryLayout title={t("session.residentTitle")}>
        <Text size="sm">{t("session.residentDone", { company: accepted.company, email: accepted.email })}</Text>
      </EntryLayout>
    );
  }
  if (seen.isError) {
    return (
      <EntryLayout title={t("session.residentTitle")}>
        <ProblemNotice error={seen.error} />
        <BackToSignIn />
      </EntryLayout>
    );
  }
  if (!seen.data) return null;
  return <AcceptForm token={token} seen={seen.data} onDone={() => setAccepted(seen.data)} />;
}

function AcceptForm({ token, seen, onDone }: { token: string; seen: ResidenceSeen; onDone: () => void }) {
  const { t } = useTranslation();
  const draft = useDraft({ password: "" }, ({ password }) => acceptResidence(token, password), { onDone, fields: ["password"] });
  const hint = t(seen.has_password ? "session.residentKnown" : "session.residentHint", { name: seen.name, company: seen.company, email: seen.email });
  return (
    <EntryForm title={t("session.residentTitle")} hint={hint} draft={draft} submitLabel={t("session.accept")}>
      {!seen.has_password && (
        <PasswordInput
          autoComplete="new-password"
          required
          autoFocus
          label={t("session.password")}
          description={t("session.passwordHint")}
          {...draft.text("password")}
        />
      )}
    </EntryForm>
  );
}
