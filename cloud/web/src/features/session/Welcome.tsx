/** The two ways in for somebody new: an invitation, and the first run of an installation. */

import { PasswordInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useDraft } from "@/shared/form/useDraft";
import type { Language } from "@/shared/i18n";
import { ProblemNotice } from "@/shared/ui/Problem";
import { acceptInvitation, claimFirstRun, lookAtInvitation } from "./api";
import { EntryForm } from "./EntryForm";
import { EntryLayout } from "./EntryLayout";
import { BackToSignIn, NoToken } from "./Reset";

interface WelcomeProps {
  token: string | undefined;
  onDone: () => void;
}

export function Invitation({ token, onDone }: WelcomeProps) {
  const { t } = useTranslation();
  const seen = useQuery({ queryKey: ["invitation", token], queryFn: () => lookAtInvitation(token ?? ""), enabled: token !== undefined });
  if (!token) return <NoToken title={t("session.inviteTitle")} />;
  if (seen.isError) {
    return (
      <EntryLayout title={t("session.inviteTitle")}>
        <ProblemNotice error={seen.error} />
        <BackToSignIn />
      </EntryLayout>
    );
  }
  if (!seen.data) return null;
  return <AcceptForm token={token} seen={seen.data} onDone={onDone} />;
}

interface AcceptFormProps {
  token: string;
  seen: { name: string; company: string; email: string; has_password: boolean };
  onDone: () => void;
}

function AcceptForm({ token, seen, onDone }: AcceptFormProps) {
  const { t } = useTranslation();
  const draft = useDraft({ token, name: seen.name, password: "" }, acceptInvitation, { onDone, fields: ["name", "password"] });
  const hint = t(seen.has_password ? "session.inviteKnown" : "session.inviteHint", { company: seen.company, email: seen.email });
  return (
    <EntryForm title={t("session.inviteTitle")} hint={hint} draft={draft} submitLabel={t("session.accept")}>
      <TextInput autoComplete="name" required label={t("session.personName")} {...draft.text("name")} />
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

export function FirstRun({ token, onDone }: WelcomeProps) {
  const { t, i18n } = useTranslation();
  const empty = {
    token: token ?? "",
    company: "",
    name: "",
    email: "",
    password: "",
    language: i18n.language as Language,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  const draft = useDraft(empty, claimFirstRun, { onDone, fields: Object.keys(empty) });
  return (
    <EntryForm title={t("session.firstRunTitle")} hint={t("session.firstRunHint")} draft={draft} submitLabel={t("session.firstRunButton")}>
      <TextInput required label={t("session.firstRunToken")} {...draft.text("token")} />
      <TextInput autoComplete="organization" required label={t("shell.company")} {...draft.text("company")} />
      <TextInput autoComplete="name" required label={t("session.personName")} {...draft.text("name")} />
      <TextInput type="email" autoComplete="username" required label={t("field.email")} {...draft.text("email")} />
      <PasswordInput
        autoComplete="new-password"
        required
        label={t("session.password")}
        description={t("session.passwordHint")}
        {...draft.text("password")}
      />
    </EntryForm>
  );
}
